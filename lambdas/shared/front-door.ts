import { isIP } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import * as z from 'zod';
import type { Arrival } from './arrival.ts';
import { readClientCertificate } from './client-certificate.ts';
import { isCountry } from './country.ts';
import { readEnvironment } from './environment.ts';
import { SallyportError } from './errors.ts';
import { certificateOriginOf } from './origin.ts';
import { OriginSecret } from './origin-secret.ts';

/** What the distribution in front sends besides the viewer's own headers. */
const SECRET_HEADER = 'x-sallyport-origin-secret';
const VIEWER_HEADER = 'x-sallyport-viewer-address';
const COUNTRY_HEADER = 'cloudfront-viewer-country';
const DOOR_HEADERS: readonly string[] = [
  SECRET_HEADER,
  VIEWER_HEADER,
  'x-sallyport-viewer-network',
  COUNTRY_HEADER,
];

type GatewayEvent = APIGatewayProxyEvent | APIGatewayRequestAuthorizerEvent;

/** Takes an event of the REST API as it arrives and gives it as everything behind may see it. */
export type FrontDoor = <Event extends GatewayEvent>(event: Event) => Promise<Event & { arrival: Arrival }>;

export interface FrontDoorOptions {
  /** What the distribution proves itself by; undefined where there is none. */
  secret?: OriginSecret | undefined;
  /** The hostname that is reached with a client certificate alone; undefined where there is none. */
  certificateHost?: string | undefined;
}

function valuesOf(event: GatewayEvent, wanted: string): string[] {
  return Object.entries(event.multiValueHeaders ?? {}).flatMap(([name, values]) =>
    name.toLowerCase() === wanted ? (values ?? []) : [],
  );
}

function withoutDoorHeaders<Headers extends object>(headers: Headers): Headers {
  const kept = Object.entries(headers).filter(([name]) => !DOOR_HEADERS.includes(name.toLowerCase()));
  return Object.fromEntries(kept) as Headers;
}

const unproven = () =>
  new SallyportError('origin_required', 403, 'Requests are answered at the public address only.');

interface Proven {
  /** The viewer's address where it is not the one that connected. */
  address?: string;
  arrival: Arrival;
}

/** What the distribution says of a request that came through it. @throws SallyportError of any other. */
async function throughDistribution(event: GatewayEvent, secret: OriginSecret): Promise<Proven> {
  const [presented, ...others] = valuesOf(event, SECRET_HEADER);
  if (!presented || others.length > 0 || !(await secret.matches(presented))) throw unproven();
  const [address = '', ...more] = valuesOf(event, VIEWER_HEADER);
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) throw unproven();
  const [country = '', ...contradicting] = valuesOf(event, COUNTRY_HEADER);
  const known = contradicting.length === 0 && isCountry(country);
  return { address, arrival: known ? { country } : {} };
}

/** The MCP endpoint and its metadata: what people and administrators use is at the public origin alone. */
const CERTIFICATE_PATHS = /^\/(?:mcp|\.well-known\/oauth-protected-resource(?:\/mcp)?)$/;

/**
 * A request at the hostname for client certificates. API Gateway verified the certificate, and says so where no
 * header of the request can. @throws SallyportError when it did not.
 */
function withCertificate(event: GatewayEvent, host: string): Proven {
  const pem = event.requestContext.identity.clientCert?.clientCertPem;
  const certificate = pem ? readClientCertificate(pem) : undefined;
  if (!certificate || !CERTIFICATE_PATHS.test(event.path)) throw unproven();
  return { arrival: { certificate, origin: certificateOriginOf(host) } };
}

/**
 * Lets in only what came through the distribution, where there is one, or with a client certificate at the hostname
 * for them: `sourceIp` is then the viewer's address. The headers of the distribution go no further, and without one a
 * client's headers of these names mean nothing.
 */
export function createFrontDoor({ secret, certificateHost }: FrontDoorOptions): FrontDoor {
  async function prove(event: GatewayEvent): Promise<Proven> {
    if (certificateHost === undefined) return secret ? throughDistribution(event, secret) : { arrival: {} };
    // The name is as the client wrote it.
    if (event.requestContext.domainName?.toLowerCase() === certificateHost)
      return withCertificate(event, certificateHost);
    const { arrival, ...proven } = secret ? await throughDistribution(event, secret) : { arrival: {} };
    return { ...proven, arrival: { ...arrival, certificate: null } };
  }
  return async (event) => {
    const { address, arrival } = await prove(event);
    return {
      ...event,
      arrival,
      headers: withoutDoorHeaders(event.headers ?? {}),
      multiValueHeaders: withoutDoorHeaders(event.multiValueHeaders ?? {}),
      ...(address === undefined
        ? {}
        : {
            requestContext: {
              ...event.requestContext,
              identity: { ...event.requestContext.identity, sourceIp: address },
            },
          }),
    };
  };
}

const deployment = z.object({
  ORIGIN_SECRET_ARN: z.string().optional(),
  CERTIFICATE_HOST: z.string().optional(),
});

function secretAt(arn: string): OriginSecret {
  const secret = new OriginSecret({ arn, client: new SecretsManagerClient({}) });
  secret.prefetch();
  return secret;
}

function frontDoorOfDeployment(): FrontDoor {
  const { ORIGIN_SECRET_ARN: arn, CERTIFICATE_HOST: certificateHost } = readEnvironment(deployment);
  return createFrontDoor({ secret: arn === undefined ? undefined : secretAt(arn), certificateHost });
}

/** The front door of this deployment; the secret is read while the function loads. */
export const enter: FrontDoor = frontDoorOfDeployment();
