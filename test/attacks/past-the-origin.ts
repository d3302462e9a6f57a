import { request } from 'node:http';
import { deploymentOf } from '../e2e/administrator.ts';
import type { TestCloud } from '../fixtures/cloud.ts';

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** Sends a request to the API's own host, past the distribution, as anybody on the internet can. */
export function pastTheOrigin(cloud: TestCloud): (path: string, sent?: Sent) => Promise<Answer> {
  const { distribution } = deploymentOf(cloud);
  if (!distribution) throw new Error('The deployment has no distribution to go past.');
  const { originHost, originPath } = distribution;
  return (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const options = { method, headers: { ...headers, host: originHost } };
      request(`${cloud.origin}${originPath}${path}`, options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        );
      })
        .on('error', reject)
        .end(body);
    });
}
