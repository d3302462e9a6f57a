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

/** That a request says it is for the hostname of client certificates. Anybody can say so: the functions ask for more. */
const isFor = (host: string): Statement => ({
  byteMatchStatement: {
    fieldToMatch: { singleHeader: { Name: 'host' } },
    positionalConstraint: 'EXACTLY',
    searchString: host,
    textTransformations: [{ priority: 0, type: 'LOWERCASE' }],
  },
});

/**
 * Whoever calls the API past the distribution could write the viewer's address, and the limit with it. Requests at the
 * hostname for client certificates come past it by right: what is in that header counts for nothing there.
 */
export function throughDistribution({ values }: OriginSecret, certificateHost: string | undefined): Rule {
  const equals = (searchString: string): Statement => ({
    byteMatchStatement: {
      fieldToMatch: { singleHeader: { Name: ORIGIN_SECRET_HEADER } },
      positionalConstraint: 'EXACTLY',
      searchString,
      textTransformations: AS_SENT,
    },
  });
  const [present, ...others] = values;
  const elsewhere = certificateHost === undefined ? [] : [isFor(certificateHost)];
  return {
    name: 'ThroughDistribution',
    statement: not(or([equals(present), ...others.map(equals), ...elsewhere])),
    action: block('origin_required'),
  };
}

/**
 * AWS's list of addresses that attack. It judges who connects: behind CloudFront that is always CloudFront.
 * @param host the only one whose requests come from viewers themselves; undefined for all.
 */
export const addressReputation = (host?: string): Rule => ({
  name: 'AddressReputation',
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name: 'AWSManagedRulesAmazonIpReputationList',
      ...(host === undefined ? {} : { scopeDownStatement: isFor(host) }),
    },
  },
  overrideAction: { none: {} },
});

export interface RatePlace {
  behindDistribution: boolean;
  /** Where requests come past the distribution. */
  certificateHost: string | undefined;
  /** ARNs of sets of addresses. */
  unlimited: readonly string[];
}

/** One address may ask so often, unless it is in one of these sets; each address is taken from where it is true. */
export function requestRates(limit: Firewall['requestsPerFiveMinutes'], place: RatePlace): Rule[] {
  const { behindDistribution, certificateHost, unlimited } = place;
  if (!behindDistribution) return [ofConnections('RequestRate', limit, unlimited, [])];
  if (certificateHost === undefined) return [ofViewers(limit, unlimited, [])];
  const direct = isFor(certificateHost);
  return [
    ofViewers(limit, unlimited, [not(direct)]),
    ofConnections('CertificateRequestRate', limit, unlimited, [direct]),
  ];
}

/** What a limit is for: requests of which all this holds, from addresses outside of the sets. */
function scope(sets: readonly Statement[], within: readonly Statement[]): { scopeDownStatement?: Statement } {
  const [set, ...others] = sets;
  const all = [...within, ...(set ? [not(or([set, ...others]))] : [])];
  const [only, ...more] = all;
  if (!only) return {};
  return { scopeDownStatement: more.length === 0 ? only : { andStatement: { statements: all } } };
}

const tooMany = (name: string, rateBasedStatement: CfnWebACL.RateBasedStatementProperty): Rule => ({
  name,
  statement: { rateBasedStatement },
  action: block('too_many_requests', 429),
});

/** By the address that the distribution says. */
function ofViewers(limit: number, unlimited: readonly string[], within: readonly Statement[]): Rule {
  const ipSetForwardedIpConfig = {
    headerName: VIEWER_ADDRESS_HEADER,
    position: 'FIRST',
    fallbackBehavior: 'NO_MATCH',
  };
  const sets = unlimited.map((arn) => ({ ipSetReferenceStatement: { arn, ipSetForwardedIpConfig } }));
  return tooMany('RequestRate', {
    limit,
    evaluationWindowSec: 300,
    aggregateKeyType: 'CUSTOM_KEYS',
    customKeys: [{ header: { name: VIEWER_NETWORK_HEADER, textTransformations: AS_SENT } }],
    ...scope(sets, within),
  });
}

/** By the address that connects. */
function ofConnections(
  name: string,
  limit: number,
  unlimited: readonly string[],
  within: readonly Statement[],
): Rule {
  const sets = unlimited.map((arn) => ({ ipSetReferenceStatement: { arn } }));
  return tooMany(name, {
    limit,
    evaluationWindowSec: 300,
    aggregateKeyType: 'IP',
    ...scope(sets, within),
  });
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
