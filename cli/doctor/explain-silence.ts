import { type Finding, fail } from './check.ts';

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;

/** The code or message of what lies behind a request without an answer. */
export function faultOf(error: unknown): string {
  if (member(error, 'name') === 'TimeoutError') return 'TIMEOUT';
  const cause = member(error, 'cause');
  if (cause !== undefined && member(error, 'code') === undefined) return faultOf(cause);
  const code = member(error, 'code');
  if (typeof code === 'string') return code;
  const message = member(error, 'message');
  return typeof message === 'string' ? message : String(error);
}

type Explanation = readonly [found: string, why: string, whatToDo: string];

const CERTIFICATE_TO_DO =
  'Give the certificate of the domain (account `domain.certificateArn`) the right names and deploy; behind a company proxy that opens TLS, set NODE_EXTRA_CA_CERTS to its CA.';

const certificate = (found: string): Explanation => [
  found,
  'Clients refuse a server whose certificate does not prove the name.',
  CERTIFICATE_TO_DO,
];

const notFound: Explanation = [
  'the name does not resolve',
  'DNS has no address for this name.',
  'Compare the URL with the output McpUrl of the stack. For a domain of your own, create the record that points to the API Gateway domain; new records take a few minutes.',
];

const silent: Explanation = [
  'nothing answers at this address',
  'The name resolves, but no connection comes about.',
  'Compare the URL with the output McpUrl of the stack, and look whether a firewall or proxy between you and AWS lets port 443 through. For the embedded cloud: is npm start running?',
];

const KNOWN: Readonly<Record<string, Explanation>> = {
  ENOTFOUND: notFound,
  ENODATA: notFound,
  EAI_AGAIN: [
    'the name server does not answer',
    'This machine could not ask DNS.',
    'Look at the network and the DNS servers of this machine, and run the command again.',
  ],
  ECONNREFUSED: silent,
  ETIMEDOUT: silent,
  EHOSTUNREACH: silent,
  ENETUNREACH: silent,
  UND_ERR_CONNECT_TIMEOUT: silent,
  ECONNRESET: [
    'the connection is cut off',
    'Something closes the connection before there is an answer.',
    'Look for a proxy or firewall between you and AWS that does so.',
  ],
  TIMEOUT: [
    'no answer in time',
    'The request was sent and nothing came back.',
    'Run the command again; if it stays, read the log of the function that serves the path and look for throttling.',
  ],
  CERT_HAS_EXPIRED: [
    'the certificate has expired',
    'Clients refuse an expired certificate.',
    'ACM renews by itself as long as the DNS record of its validation is there: restore it, or import a new certificate.',
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: certificate('the certificate is for another name'),
  DEPTH_ZERO_SELF_SIGNED_CERT: certificate('the certificate is self-signed'),
  SELF_SIGNED_CERT_IN_CHAIN: certificate('the certificate is of a CA that this machine does not know'),
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: certificate(
    'the certificate is of a CA that this machine does not know',
  ),
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: certificate('the certificate comes without its chain'),
  ERR_SSL_WRONG_VERSION_NUMBER: [
    'the port does not speak TLS',
    'https was asked for, and something else answered.',
    'Compare the URL with the output McpUrl of the stack; the embedded cloud is http://127.0.0.1:PORT.',
  ],
};

/** Why a request got no answer, in one clear sentence each. */
export function explainSilence(error: unknown): Finding {
  const fault = faultOf(error);
  const known = KNOWN[fault];
  if (known) return fail(`${known[0]} (${fault})`, known[1], known[2]);
  return fail(
    `no answer: ${fault}`,
    'The request failed before there was an answer.',
    'Compare the URL with the output McpUrl of the stack, and run the command again.',
  );
}
