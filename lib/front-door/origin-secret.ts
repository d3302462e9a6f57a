import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { SecretValue } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** The header that the distribution adds, and the functions and the firewall ask for. */
export const ORIGIN_SECRET_HEADER = 'x-sallyport-origin-secret';
/** The header that the CloudFront function writes the viewer's address to. */
export const VIEWER_ADDRESS_HEADER = 'x-sallyport-viewer-address';
/** The header with the network that counts as one viewer: whoever has one IPv6 address has 2^64 of them. */
export const VIEWER_NETWORK_HEADER = 'x-sallyport-viewer-network';

/**
 * What the distribution proves itself by. The template refers to its value and never holds it; what refers to it
 * gets a new value when it is deployed with another revision.
 */
export class OriginSecret extends Construct {
  readonly arn: string;
  /** References to the values that count, the present one first. */
  readonly values: readonly [string, ...string[]];
  readonly revision: number;

  constructor(scope: Construct, id: string, revision: number) {
    super(scope, id);
    const secret = new Secret(this, 'Secret', {
      description: 'Sallyport: what the distribution proves itself to its origin by',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
    });
    this.arn = secret.secretArn;
    this.revision = revision;
    const valueAt = (versionStage: string) =>
      SecretValue.secretsManager(this.arn, { versionStage }).unsafeUnwrap();
    const present = valueAt('AWSCURRENT');
    // A secret has a value before the present one from its first rotation on.
    this.values = revision === 1 ? [present] : [present, valueAt('AWSPREVIOUS')];
  }

  allowReading(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.arn] }),
    );
  }
}
