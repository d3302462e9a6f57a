import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { Code, Function as LambdaFunction, Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import { App, Stack } from 'aws-cdk-lib/core';
import { readConfiguration } from '../../lib/configuration.ts';
import { SallyportStack } from '../../lib/sallyport-stack.ts';
import configuration from '../../sallyport.config.ts';

interface Report {
  pluginReports: { violations: { ruleName: string }[] }[];
}

/** The rules that the built-in template validation finds broken, warnings included. */
function findings(build: (app: App) => void): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'sallyport-gate-'));
  try {
    const app = new App({
      outdir,
      postCliContext: { '@aws-cdk/core:validateAgainstDefaultRules': true },
      stackTraces: false,
    });
    build(app);
    const exitCode = process.exitCode;
    app.synth({ errorOnDuplicateSynth: false });
    process.exitCode = exitCode;
    const report = JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')) as Report;
    return report.pluginReports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

describe('the template validation', () => {
  it('finds nothing in the stack: no error and no warning', () => {
    const environment = readConfiguration(configuration, 'production');
    expect(findings((app) => void new SallyportStack(app, 'Sallyport', environment))).toEqual([]);
  });

  it('finds a runtime that is no longer supported', () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const rules = findings((app) => {
      const code = Code.fromInline('exports.handler = () => {};');
      const runtime = new Runtime('nodejs16.x', RuntimeFamily.NODEJS, { supportsInlineCode: true });
      new LambdaFunction(new Stack(app, 'Old'), 'Function', { code, runtime, handler: 'index.handler' });
    });
    expect(rules).toContain('W2531');
  });
});
