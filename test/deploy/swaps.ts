import { CfnMethod } from 'aws-cdk-lib/aws-apigateway';
import { CfnDistribution, CfnFunction as CfnEdgeFunction } from 'aws-cdk-lib/aws-cloudfront';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnAlias, CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { type CfnResource, Lazy, Stack } from 'aws-cdk-lib/core';
import * as z from 'zod';
import type { Swap } from './gaps.ts';
import { attributeOf, replaceParts } from './template-value.ts';
import { EDGE_MODULE } from './trial-templates.ts';

/** Gives a resource another value for a property. @returns whether the resource is one of those that need it. */
type Change = (resource: CfnResource, emulator: URL) => boolean;

const updateAliasesAtOnce: Change = (resource) => {
  if (!(resource instanceof CfnAlias) || !resource.cfnOptions.updatePolicy) return false;
  delete resource.cfnOptions.updatePolicy;
  return true;
};

const ADDRESS_SET = 'arn:aws:wafv2:us-east-1:000000000000:regional/ipset/none/00000000';

const nameNoAddressSets: Change = (resource) => {
  if (!(resource instanceof CfnWebACL)) return false;
  const rules = Stack.of(resource).resolve(resource.rules);
  const swapped = replaceParts(rules, (part) =>
    attributeOf(part)?.attribute === 'Arn' ? ADDRESS_SET : undefined,
  );
  resource.rules = Lazy.any({ produce: () => swapped });
  return true;
};

const integration = z.looseObject({ uri: z.unknown(), responseTransferMode: z.literal('STREAM') });

const answerInOnePiece: Change = (resource) => {
  if (!(resource instanceof CfnMethod)) return false;
  const { data } = integration.safeParse(Stack.of(resource).resolve(resource.integration));
  if (!data) return false;
  const uri = replaceParts(data.uri, (part) =>
    typeof part === 'string'
      ? part
          .replace('/2021-11-15/', '/2015-03-31/')
          .replace('/response-streaming-invocations', '/invocations')
      : undefined,
  );
  resource.addPropertyOverride('Integration.Uri', uri);
  resource.addPropertyDeletionOverride('Integration.ResponseTransferMode');
  return true;
};

const environment = z.looseObject({ variables: z.record(z.string(), z.unknown()) });

const putProviderUrlTogether: Change = (resource) => {
  if (!(resource instanceof CfnFunction)) return false;
  const { variables = {} } =
    environment.safeParse(Stack.of(resource).resolve(resource.environment)).data ?? {};
  const swapped = Object.entries(variables).flatMap(([name, value]) => {
    const referent = attributeOf(value);
    return referent?.attribute === 'ProviderURL' ? [{ name, pool: referent.logicalId }] : [];
  });
  for (const { name, pool } of swapped) {
    const url = { 'Fn::Sub': `https://cognito-idp.\${AWS::Region}.\${AWS::URLSuffix}/\${${pool}}` };
    resource.addPropertyOverride(`Environment.Variables.${name}`, url);
  }
  return swapped.length > 0;
};

const measured = z.looseObject({
  metricStat: z.looseObject({
    metric: z.looseObject({ namespace: z.string(), metricName: z.string() }),
    period: z.number(),
    stat: z.string(),
  }),
});

const watchOneMetric: Change = (resource) => {
  if (!(resource instanceof CfnAlarm) || resource.metrics === undefined) return false;
  const metrics = z.array(z.unknown()).parse(Stack.of(resource).resolve(resource.metrics));
  const [first] = metrics.flatMap((metric) => measured.safeParse(metric).data ?? []);
  if (!first) throw new Error(`${resource.node.path} watches no metric.`);
  const { metric, period, stat } = first.metricStat;
  resource.metrics = undefined;
  resource.namespace = metric.namespace;
  resource.metricName = metric.metricName;
  resource.period = period;
  resource.statistic = stat;
  return true;
};

const origins = z.looseObject({
  origins: z.tuple([z.looseObject({ domainName: z.unknown(), originPath: z.string() })]),
});

/** The `Ref` that a host name begins with. */
const hostReference = z.object({
  'Fn::Join': z.tuple([z.string(), z.tuple([z.object({ Ref: z.string() })], z.unknown())]),
});

const reachApiLocally: Change = (resource, emulator) => {
  if (!(resource instanceof CfnDistribution)) return false;
  const [{ domainName, originPath }] = origins.parse(
    Stack.of(resource).resolve(resource.distributionConfig),
  ).origins;
  const [{ Ref: api }] = hostReference.parse(domainName)['Fn::Join'][1];
  const origin = 'DistributionConfig.Origins.0';
  resource.addPropertyOverride(`${origin}.DomainName`, emulator.hostname);
  resource.addPropertyOverride(`${origin}.OriginPath`, {
    'Fn::Sub': `/_aws/execute-api/\${${api}}${originPath}`,
  });
  resource.addPropertyOverride(`${origin}.CustomOriginConfig.OriginProtocolPolicy`, 'http-only');
  resource.addPropertyOverride(`${origin}.CustomOriginConfig.HTTPPort`, Number(emulator.port));
  return true;
};

/** AWS's own policy `AllViewerExceptHostHeader`: what is left when the function at the edge names no host. */
const EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

const nameNoHostAtTheEdge: Change = (resource) => {
  if (resource instanceof CfnDistribution) {
    resource.addPropertyOverride(
      'DistributionConfig.DefaultCacheBehavior.OriginRequestPolicyId',
      EXCEPT_HOST,
    );
    // Goes with the function, which says whether any of this is needed.
    return false;
  }
  if (!(resource instanceof CfnEdgeFunction)) return false;
  const code: unknown = Stack.of(resource).resolve(resource.functionCode);
  if (!JSON.stringify(code).includes(EDGE_MODULE)) return false;
  const swapped = replaceParts(code, (part) =>
    typeof part === 'string'
      ? part.replace(EDGE_MODULE, 'const cf = { updateRequestOrigin: () => undefined };')
      : undefined,
  );
  resource.addPropertyOverride('FunctionCode', swapped);
  return true;
};

export const SWAPS: Readonly<Record<Swap, Change>> = {
  'alias-updates': updateAliasesAtOnce,
  'address-sets': nameNoAddressSets,
  'metric-math': watchOneMetric,
  streaming: answerInOnePiece,
  'provider-url': putProviderUrlTogether,
  'distribution-origin': reachApiLocally,
  'edge-modules': nameNoHostAtTheEdge,
};
