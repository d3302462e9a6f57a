import { once } from 'node:events';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { measureAnswers } from '../../../local/cloudwatch/access-log.ts';
import { FunctionError } from '../../../local/functions/function-process.ts';
import type { Invoke } from '../../../local/gateway/authorizer.ts';
import { startGateway } from '../../../local/gateway/gateway.ts';
import type { Fault, Scene } from '../scene.ts';

const start = ({ deployment, put }: Scene, invoke: Invoke) =>
  startGateway(deployment.api, invoke, 0, {
    answered: measureAnswers(deployment.api.name, deployment.metricFilters, put),
  });

/** Sends requests one behind the other without waiting for answers (HTTP pipelining), and reads them all. */
async function flood(origin: string, path: string, times: number): Promise<void> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const request = (connection: string) =>
    `GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nConnection: ${connection}\r\n\r\n`;
  socket.write(request('keep-alive').repeat(times - 1) + request('close'));
  socket.resume();
  await once(socket, 'close');
}

export const gatewayFaults: Fault[] = [
  {
    by: 'functions that do not answer the gateway',
    raises: ['ServerErrors'],
    async start(scene) {
      const gateway = await start(scene, async () => {
        throw new FunctionError('Runtime.ExitError', 'ended');
      });
      return { inject: () => flood(gateway.origin, '/', 10), stop: () => gateway.close() };
    },
  },
  {
    by: 'a flood of sign-ins',
    raises: ['RequestsThrottled'],
    minutes: 1,
    async start(scene) {
      const answer = JSON.stringify({ statusCode: 200, body: '' });
      const gateway = await start(scene, async () => Readable.from([Buffer.from(answer)]));
      return { inject: () => flood(gateway.origin, '/oauth/authorize', 2500), stop: () => gateway.close() };
    },
  },
];
