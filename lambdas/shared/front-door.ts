import { isIP } from 'node:net';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnvironment } from './environment.ts';
import { SallyportError } from './errors.ts';
import { OriginSecret } from './origin-secret.ts';

/** What the distribution in front sends besides the viewer's own headers. */
const SECRET_HEADER = 'x-sallyport-origin-secret';
const VIEWER_HEADER = 'x-sallyport-viewer-address';
const DOOR_HEADERS = [SECRET_HEADER, VIEWER_HEADER, 'x-sallyport-viewer-network'];

type GatewayEvent = APIGatewayProxyEvent | APIGatewayRequestAuthorizerEvent;

/** Takes an event of the REST API as it arrives and gives it as everything behind may see it. */
export type FrontDoor = <Event extends GatewayEvent>(event: Event) => Promise<Event>;

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

/** The viewer's address, of a request that came through the distribution. @throws SallyportError otherwise. */
async function viewerOf(event: GatewayEvent, secret: OriginSecret): Promise<string> {
  const [presented, ...others] = valuesOf(event, SECRET_HEADER);
  if (!presented || others.length > 0 || !(await secret.matches(presented))) throw unproven();
  const [address = '', ...more] = valuesOf(event, VIEWER_HEADER);
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) throw unproven();
  return address;
}

/**
 * Lets in only what came through the distribution, where there is one: `sourceIp` is then the viewer's address. Its
 * headers go no further, and without a distribution a client's headers of these names mean nothing.
 */
export function createFrontDoor(secret: OriginSecret | undefined): FrontDoor {
  return async (event) => {
    const viewer = secret && (await viewerOf(event, secret));
    return {
      ...event,
      headers: withoutDoorHeaders(event.headers ?? {}),
      multiValueHeaders: withoutDoorHeaders(event.multiValueHeaders ?? {}),
      ...(viewer === undefined
        ? {}
        : {
            requestContext: {
              ...event.requestContext,
              identity: { ...event.requestContext.identity, sourceIp: viewer },
            },
          }),
    };
  };
}

function secretOfDeployment(): OriginSecret | undefined {
  const { ORIGIN_SECRET_ARN: arn } = readEnvironment(z.object({ ORIGIN_SECRET_ARN: z.string().optional() }));
  if (arn === undefined) return undefined;
  const secret = new OriginSecret({ arn, client: new SecretsManagerClient({}) });
  secret.prefetch();
  return secret;
}

/** The front door of this deployment; the secret is read while the function loads. */
export const enter: FrontDoor = createFrontDoor(secretOfDeployment());
