import type * as z from 'zod';
import { API_VERSION, type Kind, type kinds } from '../../lambdas/shared/documents/kinds.ts';

/** A document as people write it, before defaults are filled in. */
type DemoDocument = { [K in Kind]: z.input<(typeof kinds)[K]['schema']> }[Kind];

interface Upstreams {
  everything: number;
  hr: number;
}

const url = (port: number) => `http://127.0.0.1:${port}/mcp`;

/**
 * What the demo configures: staff may use the portal and the HR directory, only engineering the server "everything".
 * Carol, from outside, matches no policy.
 */
export function demoDocuments(ports: Upstreams): readonly DemoDocument[] {
  return [
    {
      apiVersion: API_VERSION,
      kind: 'Policy',
      metadata: { id: 'staff' },
      spec: { action: 'allow', include: [{ emailDomain: 'example.com' }] },
    },
    {
      apiVersion: API_VERSION,
      kind: 'Policy',
      metadata: { id: 'engineering' },
      spec: { action: 'allow', include: [{ group: 'engineering' }] },
    },
    {
      apiVersion: API_VERSION,
      kind: 'Server',
      metadata: { id: 'everything' },
      spec: {
        title: 'Everything',
        description: 'The reference server that exercises every feature of the protocol.',
        slug: 'everything',
        url: url(ports.everything),
        policies: ['engineering'],
        tools: { echo: { risk: 'read-only' }, 'get-sum': { risk: 'read-only' } },
      },
    },
    {
      apiVersion: API_VERSION,
      kind: 'Server',
      metadata: { id: 'hr' },
      spec: {
        title: 'HR directory',
        description: 'Who works here, who reports to whom, and requests for time off.',
        slug: 'hr',
        url: url(ports.hr),
        policies: ['staff'],
        tools: {
          find_employee: { risk: 'read-only' },
          list_team: { risk: 'read-only' },
          org_chart: { risk: 'read-only' },
          request_time_off: { risk: 'write' },
        },
      },
    },
    {
      apiVersion: API_VERSION,
      kind: 'Portal',
      metadata: { id: 'default' },
      spec: {
        title: 'Example Inc.',
        description: 'The MCP servers of Example Inc.',
        servers: ['everything', 'hr'],
        policies: ['staff'],
      },
    },
  ];
}
