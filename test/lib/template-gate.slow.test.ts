import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { Code, Function as LambdaFunction, Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { App, Stack, Validations } from 'aws-cdk-lib/core';
import type { SallyportProps } from '../../lib/configuration.ts';
import { idsOf } from '../../lib/gates/acknowledgement.ts';
import { ACKNOWLEDGEMENTS } from '../../lib/gates/acknowledgements.ts';
import { addGates, GATES } from '../../lib/gates/add-gates.ts';
import { Sallyport } from '../../lib/sallyport.ts';
import { SallyportStack } from '../../lib/sallyport-stack.ts';
import configuration from '../../sallyport.config.ts';
import { EVERYTHING } from './everything.ts';

interface Report {
  pluginReports: {
    pluginName: string;
    conclusion: string;
    violations: { ruleName: string; violatingConstructs: { constructPath?: string }[] }[];
  }[];
}

interface Finding {
  /** As acknowledgements may name it: the rule with and without what found it. */
  ids: string[];
  path: string;
}

/** What the synthesis of an app says of it. */
function reportOf(app: App): Report['pluginReports'] {
  app.synth({ errorOnDuplicateSynth: false });
  return (JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report)
    .pluginReports;
}

/** Errors and warnings alike. */
const findingsOf = (app: App): Finding[] =>
  reportOf(app).flatMap(({ pluginName, violations }) =>
    violations.flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath: path = '' }) => ({
        ids: [ruleName, `${pluginName}::${ruleName}`],
        path,
      })),
    ),
  );

/** As the CDK's command line reads them. */
const commandLine = JSON.parse(readFileSync(join(import.meta.dirname, '../../cdk.json'), 'utf8')) as {
  context: Record<string, unknown>;
};

const folder = mkdtempSync(join(tmpdir(), 'sallyport-gate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const makeApp = (name: string) =>
  new App({
    outdir: join(folder, name),
    postCliContext: { ...commandLine.context, '@aws-cdk/core:failSynthOnValidationErrors': false },
    stackTraces: false,
  });

/** A deployment's stack, and the construct in it that acknowledgements are for. */
function deploy(app: App, props: SallyportProps): Sallyport {
  const constructs = new SallyportStack(app, 'Stack', props).node.findAll();
  const deployment = constructs.find((construct) => construct instanceof Sallyport);
  if (!deployment) throw new Error('The stack holds no deployment.');
  return deployment;
}

/** What there is to acknowledge in an environment, and whether an acknowledgement is for it. */
function judge(name: string, props: SallyportProps) {
  const app = makeApp(name);
  const deployment = deploy(app, props);
  Validations.of(app).addPlugins(...GATES);
  const covers = (id: string, at: string, { ids, path }: Finding) =>
    idsOf(deployment, id).some((finding) => ids.includes(finding)) &&
    `${path}/`.startsWith(`${deployment.node.path}/${at}/`);
  return { findings: findingsOf(app), covers };
}

const { production } = configuration.environments;
if (!production) throw new Error('sallyport.config.ts has no environment production.');
/** The hostname for client certificates beside a distribution, where the firewall has rules of its own for it. */
const beside = { ...production, clientCertificates: EVERYTHING.clientCertificates };
const judged = Object.entries({ production, everything: EVERYTHING, beside }).map(
  ([name, props]) => [name, judge(name, props)] as const,
);
const acknowledged = ACKNOWLEDGEMENTS.flatMap(({ id, at }) => at.map((path) => ({ id, path })));

describe('the findings of the template gates', () => {
  it.each(judged)('are fixed or acknowledged: %s', (_name, { findings, covers }) => {
    expect(findings.length).toBeGreaterThan(20);
    const open = findings.filter(
      (finding) => !acknowledged.some(({ id, path }) => covers(id, path, finding)),
    );
    expect(open).toEqual([]);
  });

  it('are acknowledged no longer than they are there', () => {
    const stale = acknowledged.filter(
      ({ id, path }) =>
        !judged.some(([, { findings, covers }]) => findings.some((finding) => covers(id, path, finding))),
    );
    expect(stale).toEqual([]);
  });

  it('are acknowledged with reasons of their own', () => {
    const reasons = ACKNOWLEDGEMENTS.map(({ reason }) => reason);
    expect(new Set(reasons).size).toBe(reasons.length);
    for (const reason of reasons) expect(reason.split(' ').length).toBeGreaterThan(8);
  });

  it('are none when the gates are added to an app', () => {
    const app = makeApp('gated');
    deploy(app, production);
    addGates(app);
    expect(findingsOf(app)).toEqual([]);
  });

  it('fail by each of the gates, warnings too', () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const app = makeApp('old');
    const code = Code.fromInline('exports.handler = () => {};');
    const runtime = new Runtime('nodejs16.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });
    new LambdaFunction(new Stack(app, 'Old'), 'Function', { code, runtime, handler: 'index.handler' });
    addGates(app);
    const found = reportOf(app).map(({ conclusion, violations }) => [
      conclusion,
      violations.map(({ ruleName }) => ruleName),
    ]);
    const failedBy = (rule: string) => ['failure', expect.arrayContaining([rule])];
    // By themselves, CloudFormation's W2531 and the last one of cdk-nag are warnings.
    expect(found).toEqual([
      failedBy('W2531'),
      failedBy('AwsSolutions-L1'),
      failedBy('Serverless-LambdaTracing'),
      failedBy('log-retention'),
    ]);
  });

  it('are nothing that the construct itself needs: whoever uses it in an app of their own has no cdk-nag', () => {
    const lib = join(import.meta.dirname, '../../lib');
    const sources = globSync('**/*.ts', { cwd: lib }).filter((file) => !file.startsWith('gates'));
    expect(sources.length).toBeGreaterThan(20);
    for (const file of sources)
      expect(readFileSync(join(lib, file), 'utf8')).not.toMatch(/cdk-nag|\/gates\//);
  });
});
