import * as z from 'zod';
import { jsonResponse } from '../../shared/http.ts';
import { describeApi } from '../openapi.ts';
import type { OpenRoute, Route } from '../route.ts';

/** The description of all routes, this one among them. */
export function readOpenapi(others: readonly Route[]): OpenRoute {
  const route: OpenRoute = {
    operation: 'readOpenapi',
    method: 'GET',
    path: '/api/v1/openapi.json',
    summary: 'This description; needs no token',
    permission: null,
    answer: z.record(z.string(), z.unknown()),
    handle: () => jsonResponse(200, describeApi([route, ...others])),
  };
  return route;
}
