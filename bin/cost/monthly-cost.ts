import { PRICES } from './prices.ts';
import { PER_CALL, STANDING, type Use } from './scenarios.ts';

const WORKING_DAYS = 22;
const KB_PER_GB = 1e6;

/** How much of what costs while nothing happens a template makes. */
export interface Inventory {
  keys: number;
  secrets: number;
  alarms: number;
  webAclRules: number;
  consumedQueues: number;
  distributions: number;
}

interface Resource {
  Type: string;
  Properties?: Record<string, unknown>;
}

/** Counts what costs in a template's resources. */
export function inventoryOf(resources: readonly Resource[]): Inventory {
  const of = (type: string) => resources.filter(({ Type }) => Type === type);
  return {
    keys: of('AWS::KMS::Key').length,
    secrets: of('AWS::SecretsManager::Secret').length,
    alarms: of('AWS::CloudWatch::Alarm').length,
    webAclRules: of('AWS::WAFv2::WebACL').reduce(
      (sum, { Properties }) => sum + (Array.isArray(Properties?.Rules) ? Properties.Rules.length : 0),
      0,
    ),
    consumedQueues: of('AWS::Lambda::EventSourceMapping').length,
    distributions: of('AWS::CloudFront::Distribution').length,
  };
}

/** What a month costs, in US dollars by what is paid for. */
export function monthlyCost(made: Inventory, use: Use): Record<string, number> {
  const calls = use.people * use.callsPerDay * WORKING_DAYS;
  const requests = calls * PER_CALL.requests;
  const records = calls * PER_CALL.records;
  const keptGb = (calls * use.keptKb) / KB_PER_GB;
  const storedGb = ((records * PER_CALL.recordKb) / KB_PER_GB + keptGb) * (STANDING.retentionDays / 30);
  const writes =
    STANDING.ticks * STANDING.writesPerTick +
    records * PER_CALL.writesPerRecord +
    calls * Math.ceil(use.keptKb);
  const reads = STANDING.ticks * STANDING.readsPerTick + calls * PER_CALL.reads;
  const gbSeconds =
    STANDING.ticks * STANDING.tickSeconds * STANDING.tickGb +
    calls * (PER_CALL.relaySeconds + use.toolSeconds) +
    (requests - calls) * PER_CALL.relaySeconds;
  return {
    'keys (KMS)': made.keys * PRICES.key,
    'secrets (Secrets Manager)': made.secrets * PRICES.secret,
    'web firewall (WAF)': PRICES.webAcl + made.webAclRules * PRICES.webAclRule + requests * PRICES.wafRequest,
    'alarms (CloudWatch)': made.alarms * PRICES.alarm,
    'front door (API Gateway, CloudFront)':
      requests * (PRICES.restRequest + made.distributions * PRICES.cloudFrontRequest),
    'functions (Lambda)':
      (STANDING.ticks + requests + calls * PER_CALL.authorizer) * PRICES.lambdaRequest +
      gbSeconds * PRICES.lambdaGbSecond,
    'tables (DynamoDB), recovery included':
      writes * PRICES.dynamoWrite +
      reads * PRICES.dynamoRead +
      storedGb * (PRICES.dynamoGbMonth + PRICES.recoveryGbMonth),
    'queues (SQS)': made.consumedQueues * STANDING.pollsPerQueue * PRICES.queueRequest,
    'people (Cognito)': Math.max(0, use.people - PRICES.federatedPeopleFree) * PRICES.federatedPerson,
    'logs, traces (CloudWatch, X-Ray)':
      ((calls * PER_CALL.logKb) / KB_PER_GB) * PRICES.logGb + requests * PER_CALL.traced * PRICES.trace,
    'answers (egress)': ((calls * PER_CALL.egressKb) / KB_PER_GB) * PRICES.egressGb,
  };
}

/** The costs of each use side by side, as a table in Markdown. */
export function costTable(made: Inventory, uses: readonly Use[]): string {
  const costs = uses.map((use) => monthlyCost(made, use));
  const total = (cost: Record<string, number>) => Object.values(cost).reduce((sum, part) => sum + part, 0);
  const money = (amount: number) => (amount < 100 ? amount.toFixed(2) : amount.toFixed(0));
  const rows = [
    ['US dollars in a month', ...uses.map(({ name }) => name)],
    ...Object.keys(costs[0] ?? {}).map((line) => [line, ...costs.map((cost) => money(cost[line] ?? 0))]),
    ['**total**', ...costs.map((cost) => `**${money(total(cost))}**`)],
  ];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(' | ')} |`;
  const ruler = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), ruler, ...body.map(line)].join('\n');
}
