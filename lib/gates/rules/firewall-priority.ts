import type { Rule } from '../rule.ts';
import { at, ofType } from '../template.ts';

/** WAF refuses two rules with one priority or name. */
export const firewallPriority: Rule = {
  id: 'firewall-priority',
  description: 'The rules of a web ACL or rule group have priorities and names of their own',
  *check(template) {
    for (const [logicalId, { Properties }] of ofType(
      template,
      'AWS::WAFv2::WebACL',
      'AWS::WAFv2::RuleGroup',
    )) {
      for (const property of ['Priority', 'Name']) {
        const seen = new Set<string>();
        for (const { location, value } of at(Properties, `Rules.*.${property}`)) {
          const key = JSON.stringify(value);
          if (seen.has(key))
            yield {
              logicalId,
              location,
              message: `${property} ${key} is another rule's already: choose another.`,
            };
          seen.add(key);
        }
      }
    }
  },
};
