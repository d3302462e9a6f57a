import * as z from 'zod';
import { readParameters, ServiceError } from './aws-json.ts';
import type { Caller } from './permission.ts';

/** A web ACL that stands before a resource (`AWS::WAFv2::WebACLAssociation`). */
export interface WebAclView {
  resourceArn: string;
  arn: string;
  id: string;
  name: string;
}

const getWebAclForResource = z.strictObject({ ResourceArn: z.string().min(20) });

/** GetWebACLForResource of AWS WAF: which web ACL the template puts before a resource. Nothing is filtered here. */
export class WebAcls {
  readonly #views: readonly WebAclView[];

  constructor(views: readonly WebAclView[]) {
    this.#views = views;
  }

  async perform(operation: string, body: Buffer, caller: Caller): Promise<object> {
    if (operation !== 'GetWebACLForResource')
      throw new ServiceError(
        'UnknownOperationException',
        `The local AWS WAF does not support the operation ${operation}.`,
      );
    const { ResourceArn } = readParameters(getWebAclForResource, body);
    caller.require('wafv2:GetWebACLForResource', ResourceArn);
    const found = this.#views.find(({ resourceArn }) => resourceArn === ResourceArn);
    if (!found) return {};
    caller.require('wafv2:GetWebACLForResource', found.arn);
    caller.require('wafv2:GetWebACL', found.arn);
    return { WebACL: { ARN: found.arn, Id: found.id, Name: found.name } };
  }
}
