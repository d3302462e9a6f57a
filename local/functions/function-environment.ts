/** A function as the template declares it. */
export interface FunctionView {
  logicalId: string;
  name: string;
  arn: string;
  codeFolder: string;
  /** `file.export`. */
  handler: string;
  environment: Readonly<Record<string, string>>;
  timeoutSeconds: number;
  memorySize: number;
  /** Logical id of its role: the principal that it calls AWS services as. */
  role: string;
  logGroup: string;
}

/** Where the embedded AWS services listen, by the SDK's name of the service (`DYNAMODB`, `S3`, ...). */
export type ServiceEndpoints = Readonly<Record<string, string>>;

/** The whole environment of a function's process: what Lambda sets and what the template says. */
export function functionEnvironment(
  view: FunctionView,
  region: string,
  endpoints: ServiceEndpoints,
): Record<string, string> {
  const aws: Record<string, string> = {
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: view.role,
    AWS_SECRET_ACCESS_KEY: 'embedded',
    AWS_LAMBDA_FUNCTION_NAME: view.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(view.memorySize),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: view.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: view.name,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: view.codeFolder,
    _HANDLER: view.handler,
    TZ: 'UTC',
    PATH: process.env.PATH ?? '',
  };
  // Certificates that this machine trusts besides, such as those of a company's proxy.
  if (process.env.NODE_EXTRA_CA_CERTS) aws.NODE_EXTRA_CA_CERTS = process.env.NODE_EXTRA_CA_CERTS;
  for (const [service, url] of Object.entries(endpoints)) aws[`AWS_ENDPOINT_URL_${service}`] = url;
  return { ...view.environment, ...aws };
}
