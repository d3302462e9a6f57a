import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { App, type CfnResource } from 'aws-cdk-lib/core';
import { readConfiguration } from '../../lib/configuration.ts';
import { SallyportStack } from '../../lib/sallyport-stack.ts';
import configuration from '../../sallyport.config.ts';

interface Report {
  pluginReports: { violations: { ruleName: string }[] }[];
}

/** The rules that the built-in template validation finds broken, warnings included. */
function findings(change: (resources: CfnResource[]) => void = () => {}): string[] {
  const outdir = mkdtempSync(join(tmpdir(), 'sallyport-gate-'));
  try {
    const app = new App({
      outdir,
      postCliContext: { '@aws-cdk/core:validateAgainstDefaultRules': true },
      stackTraces: false,
    });
    const stack = new SallyportStack(app, 'Sallyport', readConfiguration(configuration, 'production'));
    change(stack.node.findAll().filter((c): c is CfnResource => 'cfnResourceType' in c));
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
    expect(findings()).toEqual([]);
  });

  it('finds a runtime that is no longer supported', () => {
    jest.spyOn(console, 'error').mockImplementation(() => {});
    const rules = findings((resources) => {
      for (const resource of resources) {
        if (resource.cfnResourceType === 'AWS::Lambda::Function') {
          resource.addPropertyOverride('Runtime', 'nodejs16.x');
        }
      }
    });
    expect(rules).toContain('W2531');
  });
});
