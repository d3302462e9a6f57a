import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CfnIPSet, CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { ArnFormat, Names, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Firewall as Settings } from '../configuration/firewall.ts';
import {
  addressReputation,
  type RatePlace,
  RESPONSE_BODIES,
  type Rule,
  requestContents,
  requestRates,
  throughDistribution,
} from './firewall-rules.ts';
import { ORIGIN_SECRET_HEADER, type OriginSecret } from './origin-secret.ts';

interface FirewallProps {
  api: RestApi;
  settings: Settings;
  /** Only when a distribution stands in front. */
  originSecret?: OriginSecret;
  /** Where requests come past the distribution, with a client certificate. */
  certificateHost: string | undefined;
  logRetention: RetentionDays;
}

/** WAF keeps no samples: they would show tokens and the secret to whoever may look at them. */
const visibility = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  cloudWatchMetricsEnabled: true,
  metricName,
  sampledRequestsEnabled: false,
});

/** The web firewall on the API's stage, with a log of what it refused or would have. */
export class Firewall extends Construct {
  readonly acl: CfnWebACL;
  /** By which its metrics are told from those of another deployment. */
  readonly metricName = Names.uniqueResourceName(this, { maxLength: 128 });

  constructor(scope: Construct, id: string, props: FirewallProps) {
    super(scope, id);
    const { api, settings, originSecret, certificateHost, logRetention } = props;
    const limit = settings.requestsPerFiveMinutes;
    const unlimited = this.addressSets(settings.unlimitedNetworks);
    const place: RatePlace = { behindDistribution: originSecret !== undefined, certificateHost, unlimited };
    const rules: Rule[] = [
      ...(originSecret ? [throughDistribution(originSecret, certificateHost)] : []),
      ...(originSecret && certificateHost === undefined
        ? []
        : [addressReputation(originSecret && certificateHost)]),
      ...requestRates(limit, place),
      ...requestContents(),
    ];
    this.acl = new CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      description: `Sallyport: what is turned away at the door${originSecret ? `, secret revision ${originSecret.revision}` : ''}`,
      defaultAction: { allow: {} },
      visibilityConfig: visibility(this.metricName),
      customResponseBodies: RESPONSE_BODIES,
      rules: rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibility(rule.name) })),
    });
    new CfnWebACLAssociation(this, 'OnStage', {
      webAclArn: this.acl.attrArn,
      resourceArn: api.deploymentStage.stageArn,
    });
    this.log(logRetention);
  }

  /** ARNs of the networks' sets; one set holds addresses of one version. */
  private addressSets(networks: readonly string[]): string[] {
    const versions = [
      ['IPV4', networks.filter((network) => !network.includes(':'))],
      ['IPV6', networks.filter((network) => network.includes(':'))],
    ] as const;
    return versions.flatMap(([ipAddressVersion, addresses]) =>
      addresses.length === 0
        ? []
        : [
            new CfnIPSet(this, `Unlimited${ipAddressVersion}`, {
              scope: 'REGIONAL',
              description: 'Sallyport: addresses that many people share',
              ipAddressVersion,
              addresses,
            }).attrArn,
          ],
    );
  }

  private log(retention: RetentionDays): void {
    const log = new LogGroup(this, 'Log', {
      // WAF writes to groups of this name only.
      logGroupName: `aws-waf-logs-${Stack.of(this).stackName}-${this.node.addr.slice(-8)}`,
      retention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const actions = ['BLOCK', 'COUNT'].map((Action) => ({ ActionCondition: { Action } }));
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.acl.attrArn,
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: 'log-group',
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
          resourceName: log.logGroupName,
        }),
      ],
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [{ Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: actions }],
      },
      redactedFields: [
        ...['authorization', 'cookie', 'dpop', ORIGIN_SECRET_HEADER].map((Name) => ({
          singleHeader: { Name },
        })),
        { queryString: {} },
      ],
    });
  }
}
