import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningFunctions, runFunctions } from './running-functions.ts';

const sources = {
  environment: 'export const handler = async () => process.env;',
  context: `export const handler = async (event, context) =>
    ({ ...context, remaining: context.getRemainingTimeInMillis() > 9000, cwd: process.cwd(), event });`,
  large: "export const handler = async () => 'x'.repeat(3_000_000);",
  nothing: 'export const handler = async () => {};',
  counter: 'let count = 0; export const handler = async () => ({ pid: process.pid, count: ++count });',
  throws: "export const handler = async () => { throw new TypeError('broken on purpose'); };",
  exits: "export const handler = async (event) => { if (event.exit) process.exit(3); return 'alive'; };",
  unhandled: `export const handler = async () => {
    setTimeout(() => { throw new Error('nobody catches this'); });
    await new Promise((resolve) => setTimeout(resolve, 5000));
  };`,
  unloadable: "throw new Error('broken while loading');",
  misnamed: 'export const other = async () => 1;',
  logs: "export const handler = async () => { console.log('a line'); console.error('an error line'); };",
  streams: `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    stream.write('first '); await new Promise((resolve) => setImmediate(resolve)); stream.write(Buffer.from('second')); stream.end(' third');
  });`,
  prelude: `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    const answer = awslambda.HttpResponseStream.from(stream, { statusCode: 201 });
    if (event.write) answer.write('');
    answer.end('body');
  });`,
  interrupted: `export const handler = awslambda.streamifyResponse(async (event, stream) => {
    stream.write('half'); throw new Error('broke off');
  });`,
};

let functions: RunningFunctions;
beforeAll(async () => {
  functions = await runFunctions(sources);
});
afterAll(async () => functions[Symbol.asyncDispose]());

describe('a function process', () => {
  it('has the environment of the template and what Lambda sets, and inherits nothing but PATH and trusted certificates', async () => {
    process.env.SECRET_OF_THE_PARENT = 'must not leak';
    const environment = JSON.parse(await functions.call('environment'));
    delete process.env.SECRET_OF_THE_PARENT;
    expect(environment).toMatchObject({
      GREETING: 'hello',
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'environmentRole',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
      AWS_LAMBDA_FUNCTION_NAME: 'environment',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_LOG_GROUP_NAME: '/log/environment',
      _HANDLER: 'index.handler',
    });
    const foreign = Object.keys(environment).filter(
      (name) => !/^(AWS_|LAMBDA_|_HANDLER$|TZ$|PATH$|NODE_EXTRA_CA_CERTS$|GREETING$)/.test(name),
    );
    expect(foreign).toEqual([]);
  });

  it('is invoked by an alias too, and is told by which', async () => {
    expect(JSON.parse(await functions.call('context:live'))).toMatchObject({
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:context:live',
      functionName: 'context',
    });
  });

  it('gives the handler its event and the context of Lambda, in its code folder', async () => {
    expect(JSON.parse(await functions.call('context', { a: ['ü'] }))).toMatchObject({
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:context',
      functionName: 'context',
      memoryLimitInMB: '512',
      remaining: true,
      cwd: expect.stringMatching(/code\/context$/),
      event: { a: ['ü'] },
    });
  });

  it('answers with results of any size, and with null for none', async () => {
    expect((await functions.call('large')).length).toBe(3_000_002);
    expect(await functions.call('nothing')).toBe('null');
  });

  it('stays warm between invocations', async () => {
    const first = JSON.parse(await functions.call('counter'));
    const second = JSON.parse(await functions.call('counter'));
    expect(second).toEqual({ pid: first.pid, count: first.count + 1 });
  });

  it('writes what it prints to the log of its function', async () => {
    await functions.call('logs');
    // What is printed takes another way than the answer.
    for (const line of ['a line\n', 'an error line\n'])
      while (!functions.log('logs').includes(line)) await sleep(10);
    expect(functions.log('logs').split('\n').toSorted()).toEqual(['', 'a line', 'an error line']);
  });
});

describe('a failing function', () => {
  it('fails its invocation with the error of the handler', async () => {
    await expect(functions.call('throws')).rejects.toMatchObject({
      errorType: 'TypeError',
      message: 'broken on purpose',
    });
    expect(functions.log('throws')).toContain('broken on purpose');
  });

  it.each([
    ['exits', { exit: true }],
    ['unhandled', {}],
    ['unloadable', {}],
    ['misnamed', {}],
  ])('fails its invocation when its process ends (%s)', async (name, event) => {
    await expect(functions.call(name, event)).rejects.toMatchObject({ errorType: 'Runtime.ExitError' });
  });

  it('is replaced after a crash', async () => {
    await expect(functions.call('exits', { exit: true })).rejects.toThrow('ended without an answer');
    expect(await functions.call('exits')).toBe('"alive"');
  });
});

describe('a streaming function', () => {
  it('answers with what it wrote', async () => {
    expect(await functions.call('streams')).toBe('first second third');
  });

  it('sends the prelude and 8 NUL bytes before what it writes first', async () => {
    expect(await functions.call('prelude', { write: true })).toBe(`{"statusCode":201}${'\0'.repeat(8)}body`);
  });

  it('loses the prelude when it only calls end(body), as with the runtime of Lambda', async () => {
    expect(await functions.call('prelude')).toBe('body');
  });

  it('fails its answer when it throws after it began', async () => {
    await expect(functions.call('interrupted')).rejects.toMatchObject({ message: 'broke off' });
  });
});

describe('concurrent invocations', () => {
  const slow = `export const handler = async () => {
    await new Promise((resolve) => setTimeout(resolve, 300)); return process.pid; };`;

  it('run in processes of their own up to the cap, and the others wait', async () => {
    await using limited = await runFunctions({ slow }, { concurrency: 2 });
    const pids = await Promise.all([1, 2, 3, 4, 5].map(() => limited.call('slow')));
    expect(new Set(pids).size).toBe(2);
  });

  it('that wait are served by a new process when the busy one crashes', async () => {
    const source = `export const handler = async (event) => {
      await new Promise((resolve) => setTimeout(resolve, 50)); if (event.exit) process.exit(1); return 'served'; };`;
    await using limited = await runFunctions({ source }, { concurrency: 1 });
    const [crashed, waiting] = await Promise.allSettled([
      limited.call('source', { exit: true }),
      limited.call('source'),
    ]);
    expect(crashed.status).toBe('rejected');
    expect(waiting).toEqual({ status: 'fulfilled', value: '"served"' });
  });
});

it('ends a function that exceeds its timeout and starts another for the next invocation', async () => {
  const hangs = `export const handler = async (event) => { if (event.hang) for (;;); return 'quick'; };`;
  await using limited = await runFunctions({ hangs }, { timeoutSeconds: 1 });
  await expect(limited.call('hangs', { hang: true })).rejects.toMatchObject({
    message: 'Task timed out after 1 seconds',
  });
  expect(await limited.call('hangs')).toBe('"quick"');
  expect(limited.log('hangs')).toContain('Task timed out after 1 seconds');
});
