import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { BundledFunction } from './function.ts';
import { JobQueue } from './job-queue.ts';
import { allowTable, allowTokenJudging } from './permissions.ts';
import { SignIn } from './sign-in.ts';

/** The provider's sealed secrets: whoever has this can sign tokens. */
function allowKeyRing(role: Role, { tables, keys }: Foundation): void {
  allowTable(role, {
    table: tables.vault,
    key: keys.vault,
    operations: ['GetItem', 'PutItem'],
    partitions: ['signing-key'],
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ['kms:Encrypt', 'kms:Decrypt'],
      resources: [keys.vault.keyArn],
      conditions: { StringEquals: { 'kms:EncryptionContext:purpose': 'signing-key' } },
    }),
  );
}

/** The OAuth provider, its sign-in at the user pool, and the authorizer of the MCP route. */
export class Access extends Construct {
  readonly signIn: SignIn;
  readonly oauth: BundledFunction;
  readonly authorizer: BundledFunction;
  readonly maintenance: BundledFunction;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { configuration, tables, keys, logRetention } = foundation;
    this.signIn = new SignIn(this, 'SignIn', { origin: foundation.origin, configuration });
    this.oauth = new BundledFunction(this, 'Oauth', {
      entry: 'access/oauth',
      description: 'OAuth provider: metadata, registration, sign-in, consent and tokens',
      logRetention,
      memorySize: 1024,
      environment: {
        ...foundation.snapshotEnvironment,
        ...foundation.auditEnvironment,
        ...foundation.originEnvironment,
        DEPLOYMENT_NAME: configuration.name,
        PORTAL_ID: foundation.portalId,
        IDENTITY_TABLE: tables.identity.tableName,
        VAULT_TABLE: tables.vault.tableName,
        VAULT_KEY_ARN: keys.vault.keyArn,
        IDP_ISSUER: this.signIn.pool.userPoolProviderUrl,
        IDP_CLIENT_ID: this.signIn.client.userPoolClientId,
        IDP_NAME: 'cognito',
        IDENTITY_PROVIDERS: this.signIn.trustedProviders,
        ALLOWED_REDIRECT_URIS: JSON.stringify(configuration.allowedRedirectUris),
        OUTGOING_NETWORKS: JSON.stringify(configuration.outgoingNetworks),
        IDENTITY_ASSERTION_ISSUERS: JSON.stringify(configuration.identityAssertionIssuers),
        DEVICE_CODE: String(configuration.deviceCode),
      },
    });
    const { role } = this.oauth;
    foundation.allowOriginCheck(role);
    foundation.allowSnapshotReading(role);
    foundation.allowServiceTokenReading(role);
    foundation.allowAuditWriting(role);
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['Query'],
      indexes: ['by-grant'],
      indexesOnly: true,
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['Query'],
      partitions: ['AssertionKeys'],
    });
    allowKeyRing(role, foundation);

    this.authorizer = new BundledFunction(this, 'Authorizer', {
      entry: 'access/authorizer',
      description: 'Judges the bearer token of MCP requests',
      logRetention,
      timeout: Duration.seconds(10),
      environment: {
        ...foundation.originEnvironment,
        IDENTITY_TABLE: tables.identity.tableName,
        POLICIES_TABLE: tables.policies.tableName,
      },
    });
    allowTokenJudging(this.authorizer.role, tables.identity, keys.data);
    foundation.allowOriginCheck(this.authorizer.role);
    foundation.allowServiceTokenReading(this.authorizer.role);

    this.maintenance = new BundledFunction(this, 'Maintenance', {
      entry: 'access/maintenance',
      description: 'Rotates signing keys, forgets applications that nobody decided about',
      logRetention,
      timeout: JobQueue.consumerTimeout,
      shift: 'at-once',
      environment: {
        ...foundation.auditEnvironment,
        IDENTITY_TABLE: tables.identity.tableName,
        VAULT_TABLE: tables.vault.tableName,
        VAULT_KEY_ARN: keys.vault.keyArn,
        SIGNING_KEY_ROTATION_DAYS: String(configuration.signingKeyRotationDays),
      },
    });
    foundation.allowAuditWriting(this.maintenance.role);
    allowKeyRing(this.maintenance.role, foundation);
    allowTable(this.maintenance.role, {
      table: tables.identity,
      key: keys.data,
      operations: ['PutItem'],
      partitions: ['Jwks#*'],
    });
    allowTable(this.maintenance.role, {
      table: tables.identity,
      key: keys.data,
      operations: ['DeleteItem', 'Query'],
      partitions: ['ClientReview'],
    });
  }
}
