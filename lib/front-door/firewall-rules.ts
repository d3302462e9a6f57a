import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Firewall } from '../configuration/firewall.ts';
import {
  ORIGIN_SECRET_HEADER,
  type OriginSecret,
  VIEWER_ADDRESS_HEADER,
  VIEWER_NETWORK_HEADER,
} from './origin-secret.ts';
import { STAGE } from './stage.ts';

type Statement = CfnWebACL.StatementProperty;
/** A rule whose place in the list is its priority. */
export type Rule = Omit<CfnWebACL.RuleProperty, 'priority' | 'visibilityConfig'>;

const AS_SENT = [{ priority: 0, type: 'NONE' }];

/** The bodies of what the firewall answers itself, in the shape of our own errors. */
export const RESPONSE_BODIES: Record<string, CfnWebACL.CustomResponseBodyProperty> = Object.fromEntries(
  [
    ['origin_required', 'Requests are answered at the public address only.'],
    ['request_refused', 'The firewall refused this request.'],
    ['too_many_requests', 'Too many requests from this address. Please try again in a few minutes.'],
  ].map(([code, message]) => [
    code,
    { contentType: 'APPLICATION_JSON', content: JSON.stringify({ error: { code, message } }) },
  ]),
);

const block = (code: string, responseCode = 403): CfnWebACL.RuleActionProperty => ({
  block: { customResponse: { customResponseBodyKey: code, responseCode } },
});

const not = (statement: Statement): Statement => ({ notStatement: { statement } });
/** WAF takes no `or` of a single statement. */
const or = ([first, ...others]: readonly [Statement, ...Statement[]]): Statement =>
  others.length === 0 ? first : { orStatement: { statements: [first, ...others] } };

/** Whoever calls the API past the distribution could write the viewer's address, and the limit with it. */
export function throughDistribution({ values }: OriginSecret): Rule {
  const equals = (searchString: string): Statement => ({
    byteMatchStatement: {
      fieldToMatch: { singleHeader: { Name: ORIGIN_SECRET_HEADER } },
      positionalConstraint: 'EXACTLY',
      searchString,
      textTransformations: AS_SENT,
    },
  });
  const [present, ...others] = values;
  return {
    name: 'ThroughDistribution',
    statement: not(or([equals(present), ...others.map(equals)])),
    action: block('origin_required'),
  };
}

/** AWS's list of addresses that attack. It judges who connects: behind CloudFront that is always CloudFront. */
export const addressReputation = (): Rule => ({
  name: 'AddressReputation',
  statement: {
    managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesAmazonIpReputationList' },
  },
  overrideAction: { none: {} },
});

/** One address may ask so often, unless it is in one of these sets. */
export function requestRate(limit: Firewall['requestsPerFiveMinutes'], place: RatePlace): Rule {
  const { behindDistribution, unlimited } = place;
  const [first, ...others] = unlimited.map(
    (arn): Statement => ({
      ipSetReferenceStatement: {
        arn,
        ...(behindDistribution
          ? {
              ipSetForwardedIpConfig: {
                headerName: VIEWER_ADDRESS_HEADER,
                position: 'FIRST',
                fallbackBehavior: 'NO_MATCH',
              },
            }
          : {}),
      },
    }),
  );
  return {
    name: 'RequestRate',
    statement: {
      rateBasedStatement: {
        limit,
        evaluationWindowSec: 300,
        ...(behindDistribution
          ? {
              aggregateKeyType: 'CUSTOM_KEYS',
              customKeys: [{ header: { name: VIEWER_NETWORK_HEADER, textTransformations: AS_SENT } }],
            }
          : { aggregateKeyType: 'IP' }),
        ...(first ? { scopeDownStatement: not(or([first, ...others])) } : {}),
      },
    },
    action: block('too_many_requests', 429),
  };
}

interface RatePlace {
  behindDistribution: boolean;
  /** ARNs of sets of addresses. */
  unlimited: readonly string[];
}

const REQUEST_RULES = [
  { name: 'AWSManagedRulesCommonRuleSet', labels: 'awswaf:managed:aws:core-rule-set:' },
  { name: 'AWSManagedRulesKnownBadInputsRuleSet', labels: 'awswaf:managed:aws:known-bad-inputs:' },
] as const;

/**
 * Where bodies and arguments are anything at all: tools' arguments, documents, redirect addresses on loopback. Their
 * handlers judge them by schema. An API without a domain has its stage in the path.
 */
const FREE_PATHS = `^(/${STAGE})?/(mcp|oauth/|connect/|api/v1/|\\.well-known/)`;

/** AWS's rules about what is in a request label it wherever it goes; on their own they block nothing. */
const requestLabels = (): Rule[] =>
  REQUEST_RULES.map(({ name }) => ({
    name: name.replace('AWSManagedRules', ''),
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
    overrideAction: { count: {} },
  }));

/** What is labelled is refused where people's browsers go, and only counted where programs do. */
export const requestContents = (): Rule[] => {
  const [first, second] = REQUEST_RULES;
  const labelled = ({ labels }: { labels: string }): Statement => ({
    labelMatchStatement: { scope: 'NAMESPACE', key: labels },
  });
  const free: Statement = {
    regexMatchStatement: {
      fieldToMatch: { uriPath: {} },
      regexString: FREE_PATHS,
      textTransformations: AS_SENT,
    },
  };
  return [
    ...requestLabels(),
    {
      name: 'RequestContents',
      statement: { andStatement: { statements: [or([labelled(first), labelled(second)]), not(free)] } },
      action: block('request_refused'),
    },
  ];
};
