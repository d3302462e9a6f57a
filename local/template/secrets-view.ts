import * as z from 'zod';
import type { SecretView } from '../services/secrets.ts';
import type { Stack } from './stack.ts';

const secret = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  // The local Secrets Manager makes letters and digits.
  GenerateSecretString: z.strictObject({
    PasswordLength: z.int().min(1).max(4096),
    ExcludePunctuation: z.literal(true),
  }),
  Tags: z.unknown().optional(),
});

/** @throws Error naming the secret whose value is not generated. */
export const readSecrets = (stack: Stack): SecretView[] =>
  stack.ofType('AWS::SecretsManager::Secret', secret).map(({ name, attributes, properties }) => ({
    name: attributes.Name ?? name,
    arn: name,
    length: properties.GenerateSecretString.PasswordLength,
  }));
