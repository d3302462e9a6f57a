/** The value of a secret by its name or ARN and its version's staging label. */
export type SecretValue = (secretId: string, stage: string) => string;

const REFERENCE = /\{\{resolve:([^}]*)\}\}/g;
const SECRET =
  /^secretsmanager:(arn:[^:]+:secretsmanager:[^:]+:\d+:secret:[^:]+|[^:]+):SecretString(?::(.*))?$/;

/**
 * Replaces CloudFormation's dynamic references in a resolved text by their values.
 * @throws Error for a reference to anything but a whole secret's text.
 */
export const resolveDynamicReferences = (text: string, secretValue: SecretValue): string =>
  text.replace(REFERENCE, (reference, inner: string) => {
    const [, secretId = '', rest = ''] = SECRET.exec(inner) ?? [];
    const [jsonKey = '', stage = '', versionId = '', ...more] = rest.split(':');
    if (secretId === '' || jsonKey !== '' || versionId !== '' || more.length > 0)
      throw new Error(`The embedded cloud does not resolve the dynamic reference ${reference}.`);
    return secretValue(secretId, stage || 'AWSCURRENT');
  });
