import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, DescribeAlarmsCommand, paginateDescribeAlarms } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudWatch } from '../../../local/cloudwatch/cloud-watch.ts';
import { EmbeddedMetrics } from '../../../local/cloudwatch/embedded-metrics.ts';
import type { AlarmView } from '../../../local/cloudwatch/evaluate.ts';
import type { Datum } from '../../../local/cloudwatch/metric-data.ts';
import { createAuthorizer } from '../../../local/iam/authorizer.ts';
import { type RunningServices, startServices } from '../../../local/services/start-services.ts';

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:Topic';
const metric = (namespace: string, name: string) => ({ namespace, name, dimensions: { deployment: 'here' } });
const alarm = (name: string, changes: Partial<AlarmView> = {}): AlarmView => ({
  name,
  arn: `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${name}`,
  description: `Sallyport ${name}: too many. docs/runbook.md#${name}`,
  alarmActions: [TOPIC],
  okActions: [TOPIC],
  terms: [{ sign: 1, metric: metric('Sallyport', 'Failures'), statistic: 'Sum' }],
  periodSeconds: 60,
  threshold: 3,
  comparison: 'GreaterThanOrEqualToThreshold',
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  treatMissingData: 'notBreaching',
  ...changes,
});
const started = Date.UTC(2026, 10, 2, 9);

/** A cloud watch on a clock that is moved by minutes. */
function watch(alarms: readonly AlarmView[], topics = [TOPIC]) {
  const folder = mkdtempSync(join(tmpdir(), 'cloud-watch-'));
  folders.push(folder);
  let now = started;
  const said: string[] = [];
  const cloudWatch = new CloudWatch({
    alarms,
    topics,
    folder,
    now: () => now,
    say: (line) => said.push(line),
  });
  const minute = () => {
    now += 60_000;
    cloudWatch.minute([]);
  };
  const put = (value: number, name = 'Failures') => cloudWatch.put({ ...metric('Sallyport', name), value });
  return { cloudWatch, minute, put, said };
}
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

describe('alarms', () => {
  it('judge a minute when it has ended', () => {
    const { cloudWatch, minute, put } = watch([alarm('a')]);
    const state = () => cloudWatch.alarms.standing[0]?.state;
    put(2);
    put(1);
    expect(state()).toBe('INSUFFICIENT_DATA');
    minute();
    expect(state()).toBe('ALARM');
  });

  it('say once that they are raised, and once that they are over', () => {
    const { minute, put, said } = watch([alarm('a')]);
    minute();
    for (let times = 0; times < 3; times++) {
      put(3);
      minute();
    }
    for (let times = 0; times < 5; times++) minute();
    expect(said).toEqual([
      'Alarm raised: Sallyport a: too many. docs/runbook.md#a',
      'Alarm over: Sallyport a: too many. docs/runbook.md#a',
    ]);
  });

  it.each([
    ['Sum', 6],
    ['Average', 2],
    ['Maximum', 3],
    ['Minimum', 1],
    ['SampleCount', 3],
  ] as const)('look at the %s of the values of a period, over its minutes', (statistic, value) => {
    const terms = [{ sign: 1 as const, metric: metric('Sallyport', 'Failures'), statistic }];
    const of = (threshold: number) => alarm(`at-${threshold}`, { terms, threshold, periodSeconds: 180 });
    const { cloudWatch, minute, put } = watch([of(value), of(value + 1)]);
    for (const each of [1, 2, 3]) {
      put(each);
      minute();
    }
    expect(cloudWatch.alarms.standing.map(({ state }) => state)).toEqual(['ALARM', 'OK']);
  });

  it('calculate with several metrics where each has a value', () => {
    const term = (sign: 1 | -1, name: string) => ({
      sign,
      metric: metric('Sallyport', name),
      statistic: 'Sum' as const,
    });
    const difference = alarm('a', { terms: [term(1, 'Failures'), term(-1, 'Forgiven')] });
    const { cloudWatch, minute, put } = watch([difference]);
    const state = () => cloudWatch.alarms.standing[0]?.state;
    put(5);
    minute();
    expect(state()).toBe('OK');
    put(5);
    put(2, 'Forgiven');
    minute();
    expect(state()).toBe('ALARM');
  });

  it('do not take another deployment, name or namespace for theirs', () => {
    const { cloudWatch, minute } = watch([alarm('a')]);
    const others: Datum[] = [
      { ...metric('Sallyport', 'Failures'), dimensions: { deployment: 'there' }, value: 9 },
      { ...metric('Sallyport', 'Failures'), dimensions: {}, value: 9 },
      { ...metric('Sallyport', 'Successes'), value: 9 },
      { ...metric('Other', 'Failures'), value: 9 },
    ];
    for (const datum of others) cloudWatch.put(datum);
    minute();
    expect(cloudWatch.alarms.standing[0]?.state).toBe('OK');
  });

  it('on what nothing here measures stay unjudged, and say so', () => {
    const terms = [
      { sign: 1 as const, metric: metric('AWS/WAFV2', 'BlockedRequests'), statistic: 'Sum' as const },
    ];
    const { cloudWatch, minute } = watch([alarm('a', { terms })]);
    cloudWatch.put({ ...metric('AWS/WAFV2', 'BlockedRequests'), value: 9 });
    minute();
    expect(cloudWatch.alarms.standing).toMatchObject([
      { state: 'INSUFFICIENT_DATA', reason: expect.stringContaining('Not evaluated') },
    ]);
  });

  it('that tell a topic which is not there are an error', () => {
    const { minute, put } = watch([alarm('a')], []);
    put(3);
    expect(minute).toThrow(`a tells ${TOPIC}, which is no topic here.`);
  });
});

describe("a function's output", () => {
  const line = (values: object, dimensions = [['deployment', 'cause']]) =>
    `${JSON.stringify({
      _aws: {
        Timestamp: started,
        CloudWatchMetrics: [
          {
            Namespace: 'Sallyport',
            Dimensions: dimensions,
            Metrics: [{ Name: 'RelayError', Unit: 'Count' }],
          },
        ],
      },
      ...values,
    })}\n`;
  const read = (...pieces: string[]) => {
    const found: Datum[] = [];
    const output = new EmbeddedMetrics((datum) => found.push(datum));
    for (const piece of pieces) output.read(piece);
    return found;
  };
  const counted = { deployment: 'here', cause: 'internal', RelayError: 1 };
  const datum = {
    namespace: 'Sallyport',
    name: 'RelayError',
    dimensions: { deployment: 'here', cause: 'internal' },
    value: 1,
  };

  it('becomes metrics where it is in the embedded metric format, among other lines', () => {
    expect(read(`a line\n${line(counted)}{"level":"INFO"}\n`)).toEqual([datum]);
  });

  it('is read wherever it was cut', () => {
    const text = line(counted) + line(counted);
    for (let at = 0; at <= text.length; at += 7)
      expect(read(text.slice(0, at), text.slice(at))).toHaveLength(2);
  });

  it('may bring several values, and several sets of dimensions', () => {
    const found = read(line({ ...counted, RelayError: [1, 2] }, [['deployment'], ['deployment', 'cause']]));
    expect(found.map(({ dimensions, value }) => [Object.keys(dimensions).length, value])).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
  });
});

describe('DescribeAlarms', () => {
  let services: RunningServices;
  const names = Array.from({ length: 120 }, (_, index) => `embedded-${index}`);
  const client = (accessKeyId: string) =>
    new CloudWatchClient({
      endpoint: services.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey: 'unused' },
    });

  beforeAll(async () => {
    const { cloudWatch, minute, put } = watch([...names.map((name) => alarm(name)), alarm('other-1')]);
    put(3);
    minute();
    const folder = mkdtempSync(join(tmpdir(), 'services-'));
    folders.push(folder);
    const allowed = {
      Statement: [
        {
          Effect: 'Allow' as const,
          Action: 'cloudwatch:DescribeAlarms',
          Resource: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:*',
        },
      ],
    };
    services = await startServices({
      port: 0,
      folder,
      buckets: [],
      keyIds: [],
      eventBuses: [],
      queues: [],
      alarms: cloudWatch.alarms,
      authorize: createAuthorizer(
        new Map([
          ['Reader', [allowed]],
          ['Nobody', []],
        ]),
      ),
    });
  });
  afterAll(() => services.close());

  it('answers page by page with state, reason and time', async () => {
    const found = [];
    for await (const { MetricAlarms } of paginateDescribeAlarms(
      { client: client('Reader') },
      { AlarmNamePrefix: 'embedded-' },
    ))
      found.push(...(MetricAlarms ?? []));
    expect(found.map(({ AlarmName }) => AlarmName)).toEqual(names);
    expect(found[0]).toMatchObject({
      StateValue: 'ALARM',
      StateReason: expect.stringContaining('the latest periods of 60 s were 3'),
      StateUpdatedTimestamp: new Date(started + 60_000),
      AlarmDescription: expect.stringMatching(/#embedded-0$/),
    });
  });

  it('answers for a state alone', async () => {
    const ask = async (StateValue: 'ALARM' | 'OK') =>
      (await client('Reader').send(new DescribeAlarmsCommand({ StateValue }))).MetricAlarms;
    expect(await ask('OK')).toEqual([]);
    expect(await ask('ALARM')).toHaveLength(50);
  });

  it('is refused to a role that may not', async () => {
    await expect(client('Nobody').send(new DescribeAlarmsCommand({}))).rejects.toThrow(
      'not authorized to perform: cloudwatch:DescribeAlarms',
    );
  });

  it('refuses a parameter that it does not act on', async () => {
    const asked = new DescribeAlarmsCommand({ ActionPrefix: 'arn:' });
    await expect(client('Reader').send(asked)).rejects.toThrow('ActionPrefix');
  });
});
