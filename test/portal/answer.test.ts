import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Answer } from '../../lambdas/portal/answer.ts';
import { BatchAnswer } from '../../lambdas/portal/batch-answer.ts';
import type { StreamingResponse } from '../../lambdas/shared/http.ts';

const STREAMS = 'application/json, text/event-stream';
/** What CloudFront waits for the first byte and between bytes. */
const PATIENCE_MS = 60_000;

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] }));
afterEach(() => void jest.useRealTimers());

const bodyOf = async ({ body = '' }: StreamingResponse): Promise<string> =>
  typeof body === 'string' ? body : text(body);

describe('the answer of a server that is silent for long', () => {
  it('becomes a stream with signs of life before a distribution gives up, and ends with the result', async () => {
    const answer = new Answer(STREAMS);
    jest.advanceTimersByTime(PATIENCE_MS);
    answer.end({ text: '{"id":1}', status: 200 });
    const response = await answer.response;
    expect([response.status, response.headers?.['content-type']]).toEqual([200, 'text/event-stream']);
    expect(await bodyOf(response)).toMatch(/^(?:: keep-alive\n\n){2,}event: message\ndata: \{"id":1\}\n\n$/);
  });

  it('stays one JSON body for a client that takes no streams', async () => {
    const answer = new Answer('application/json');
    jest.advanceTimersByTime(PATIENCE_MS);
    answer.end({ text: '{"id":1}', status: 200 });
    expect(await answer.response).toMatchObject({ status: 200, body: '{"id":1}' });
  });

  it('stays one JSON body, with its own status, when it comes sooner', async () => {
    const answer = new Answer(STREAMS);
    jest.advanceTimersByTime(20_000);
    answer.end({ text: '{"id":1}', status: 404 });
    jest.advanceTimersByTime(PATIENCE_MS);
    expect(await answer.response).toMatchObject({ status: 404, body: '{"id":1}' });
  });

  it('loses no result of a batch that was there before', async () => {
    const answer = new BatchAnswer(STREAMS);
    answer.add({ text: '{"id":1}', status: 200 });
    jest.advanceTimersByTime(PATIENCE_MS);
    answer.add({ text: '{"id":2}', status: 200 });
    answer.end();
    const sent = (await bodyOf(await answer.response)).match(/^data: .*$/gm);
    expect(sent).toEqual(['data: {"id":1}', 'data: {"id":2}']);
  });
});
