import { judgeStatement } from '../firewall-statement.ts';
import type { Rule, Violation } from '../rule.ts';
import { at, isObject, type JsonObject, ofType, type Template, valueAt, written } from '../template.ts';

/**
 * One request of each kind that carries what content rules take for an attack: tool arguments, loopback redirect
 * URIs, long queries.
 */
const EXEMPT = ['/mcp', '/oauth/authorize', '/oauth/token', '/oauth/register', '/connect/github/callback'];
/** What a firewall may see before a path: the stage, where requests come by the API's own host. */
const stagesOf = (template: Template): string[] => [
  '',
  ...ofType(template, 'AWS::ApiGateway::Stage').map(([, stage]) => `/${written(stage.Properties.StageName)}`),
];

/**
 * A firewall that judges content blocks `redirect_uri=http://127.0.0.1:…`, and prompts and tool arguments as they
 * come. Accepted is a rule that only counts, one whose statement cannot match on these paths, and one that decides by
 * who asks and how. Anything whose effect cannot be told may block content.
 */
export const firewallContent: Rule = {
  id: 'firewall-content',
  description: 'No firewall rule blocks by content on /mcp, /oauth/* and /connect/*',
  *check(template) {
    const stages = stagesOf(template);
    for (const [logicalId, { Type, Properties }] of ofType(
      template,
      'AWS::WAFv2::WebACL',
      'AWS::WAFv2::RuleGroup',
    )) {
      if (Type === 'AWS::WAFv2::WebACL' && valueAt(Properties, 'DefaultAction.Allow') === undefined)
        yield { logicalId, location: 'DefaultAction', message: 'must allow what no rule turns away.' };
      for (const { location, value } of at(Properties, 'Rules.*')) {
        if (isObject(value)) yield* check(logicalId, { location, rule: value, stages });
      }
    }
  },
};

interface Placed {
  location: string;
  rule: JsonObject;
  stages: readonly string[];
}

function* check(logicalId: string, { location, rule, stages }: Placed): Generator<Violation> {
  if (onlyCounts(rule)) return;
  for (const path of EXEMPT) {
    const outcomes = stages.map((stage) => judgeStatement(rule.Statement, `${stage}${path}`, 'content'));
    if (!outcomes.some((outcome) => outcome === 'content' || outcome === 'match')) continue;
    const message = `${written(rule.Name)} may block ${path} by its content: let it count there.`;
    yield { logicalId, location, message };
    return;
  }
}

/** An override of a whole group counts; overrides of single rules leave those that AWS adds later. */
const onlyCounts = (rule: JsonObject): boolean =>
  ['Action.Count', 'Action.Allow', 'OverrideAction.Count'].some((path) => valueAt(rule, path) !== undefined);
