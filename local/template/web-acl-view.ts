import * as z from 'zod';
import type { WebAclView } from '../services/web-acl.ts';
import type { Stack } from './stack.ts';

const association = z.strictObject({ ResourceArn: z.string(), WebACLArn: z.string() });

/** The web ACLs of the template and what they stand before. @throws Error naming an association with another's. */
export function readWebAcls(stack: Stack): WebAclView[] {
  const acls = stack.ofType('AWS::WAFv2::WebACL', z.unknown());
  return stack.ofType('AWS::WAFv2::WebACLAssociation', association).map(({ logicalId, properties }) => {
    const acl = acls.find(({ attributes }) => attributes.Arn === properties.WebACLArn);
    if (!acl) throw new Error(`${logicalId} names a web ACL that is not in the template.`);
    const { Arn = '', Id = '' } = acl.attributes;
    return { resourceArn: properties.ResourceArn, arn: Arn, id: Id, name: acl.name.split('|')[0] ?? '' };
  });
}
