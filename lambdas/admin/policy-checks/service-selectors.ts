import { allSelectors, type PolicyCheck } from './rules.ts';

/** `service-auth` lets in service tokens alone, by a selector that names them. */
export const serviceSelectors: PolicyCheck = (document, documents) => {
  if (document.kind !== 'Policy' || document.spec.action !== 'service-auth') return undefined;
  const { include } = document.spec;
  const names = allSelectors({ include, require: [], exclude: [] }, documents).some(
    ({ name }) => name === 'serviceToken' || name === 'anyServiceToken',
  );
  if (names) return undefined;
  const message = 'needs serviceToken or anyServiceToken: action service-auth lets in nobody else';
  return { at: 'spec.include', message };
};
