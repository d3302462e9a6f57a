import { documentKey } from '../world.ts';
import { type PolicyCheck, selectorsOf } from './rules.ts';

/** A selector names a list of what it compares. */
export const listTypes: PolicyCheck = (document, { documents }) => {
  if (document.kind !== 'Policy' && document.kind !== 'RuleGroup') return undefined;
  for (const { selector, at } of selectorsOf(document.spec)) {
    const [id, wanted] =
      'emailList' in selector
        ? [selector.emailList, 'emails']
        : 'ipList' in selector
          ? [selector.ipList, 'ip-ranges']
          : [undefined, ''];
    const list = id === undefined ? undefined : documents.get(documentKey('List', id))?.document;
    if (list?.kind === 'List' && list.spec.type !== wanted)
      return {
        at,
        message: `List "${id}" is of type ${list.spec.type}: this selector takes one of type ${wanted}`,
      };
  }
  return undefined;
};
