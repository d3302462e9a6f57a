import type { AlarmView } from './evaluate.ts';

/** The metrics of AWS's own that the embedded cloud has values for. */
const PRODUCED: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApiGateway': ['4XXError', '5XXError', 'Count'],
  'AWS/Cognito': ['SignInSuccesses'],
  'AWS/DynamoDB': ['ReadThrottleEvents', 'WriteThrottleEvents'],
  'AWS/Lambda': ['Duration', 'Errors', 'Invocations', 'Throttles'],
  'AWS/SQS': ['ApproximateAgeOfOldestMessage', 'ApproximateNumberOfMessagesVisible'],
};

/** Whether an alarm can be raised here: one that looks at what nothing here measures would always seem good. */
export const isEvaluatedHere = ({ terms }: AlarmView): boolean =>
  terms.every(
    ({ metric: { namespace, name } }) =>
      !namespace.startsWith('AWS/') || PRODUCED[namespace]?.includes(name) === true,
  );
