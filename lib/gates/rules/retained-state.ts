import type { Rule } from '../rule.ts';
import { type Json, valueAt, written } from '../template.ts';

interface Protection {
  path: string;
  value: Json;
}

/** Resources whose content cannot be made again, with what protects them from being deleted by hand. */
const STATEFUL: Readonly<Record<string, Protection | undefined>> = {
  'AWS::Cognito::UserPool': { path: 'DeletionProtection', value: 'ACTIVE' },
  'AWS::DynamoDB::Table': { path: 'DeletionProtectionEnabled', value: true },
  'AWS::KMS::Key': undefined,
  'AWS::S3::Bucket': undefined,
};

/** Uninstalling, renaming or replacing must not take the data with it. */
export const retainedState: Rule = {
  id: 'retained-state',
  description: 'Tables, user pools, keys and buckets are retained and protected from deletion',
  *check({ Resources }) {
    for (const [logicalId, resource] of Object.entries(Resources)) {
      if (!(resource.Type in STATEFUL)) continue;
      for (const policy of ['DeletionPolicy', 'UpdateReplacePolicy'] as const) {
        const location = '';
        if (resource[policy] !== 'Retain')
          yield { logicalId, location, message: `${policy} must be Retain.` };
      }
      const protection = STATEFUL[resource.Type];
      if (protection && valueAt(resource.Properties, protection.path) !== protection.value)
        yield {
          logicalId,
          location: protection.path,
          message: `must be ${written(protection.value)}.`,
        };
    }
  },
};
