import * as z from 'zod';

const keyArn = z.string().regex(/^arn:aws[\w-]*:kms:[\w-]+:\d{12}:key\/[\w-]+$/, 'must be the ARN of a key');

/** What the customer's AWS account demands of everything that is created in it. */
export const account = z
  .strictObject({
    /** The account that may be deployed to, with its region: any other is refused before anything changes. */
    id: z
      .string()
      .regex(/^\d{12}$/, 'must be the 12 digits of an account')
      .optional(),
    region: z
      .string()
      .regex(/^[a-z]{2,3}(-[a-z]+)+-\d$/, 'must be a region such as eu-central-1')
      .optional(),
    /**
     * Begins the names of all roles, functions, tables, queues, topics, event buses, rules, log groups and buckets.
     * Changing it on a running deployment replaces them all, tables included: choose it before the first deployment.
     */
    namePrefix: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,19}$/, 'must be at most 20 of a-z, 0-9 and -, beginning with a letter')
      .optional(),
    /** The qualifier that the account was bootstrapped with (`cdk bootstrap --qualifier`). */
    qualifier: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,10}$/, 'must be at most 10 letters and digits')
      .optional(),
    /** The name of the managed policy that bounds every role. */
    permissionsBoundary: z.string().min(1).max(128).optional(),
    /** Existing keys of the customer; each that is left out is created. */
    keyArns: z
      .strictObject({ data: keyArn.optional(), vault: keyArn.optional(), payloads: keyArn.optional() })
      .prefault({}),
    /** The network from which MCP servers are called that are not on the internet. */
    vpc: z
      .strictObject({
        id: z.string().regex(/^vpc-[0-9a-f]+$/),
        availabilityZones: z.array(z.string()).min(1),
        subnetIds: z.array(z.string().regex(/^subnet-[0-9a-f]+$/)).min(1),
        securityGroupIds: z.array(z.string().regex(/^sg-[0-9a-f]+$/)).min(1),
      })
      .refine(({ availabilityZones, subnetIds }) => availabilityZones.length === subnetIds.length, {
        path: ['availabilityZones'],
        message: 'must name the zone of each subnet, in their order',
      })
      .optional(),
    /** Whether API Gateway may already write logs in this account and region: then its role is left alone. */
    gatewayLogRole: z.enum(['create', 'existing']).default('create'),
  })
  .refine(({ id, region }) => (id === undefined) === (region === undefined), {
    path: ['region'],
    message: 'and id go together: name both or none',
  });
