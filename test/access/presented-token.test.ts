import { describe, expect, it } from '@jest/globals';
import { presentedToken } from '../../lambdas/access/tokens/presented-token.ts';
import { type Call, formPost, httpRequest } from './browser.ts';

const read = (call: Call, query = '') =>
  presentedToken(httpRequest(`https://sallyport.test/mcp${query}`, call));
const authorization = (value: string) => ({ headers: { authorization: value } });

describe('the access token of a request', () => {
  it.each(['Bearer abc.def-_~+/==', 'bearer abc.def-_~+/==', 'BEARER  abc.def-_~+/=='])(
    'is read from %s',
    (value) => {
      expect(read(authorization(value))).toEqual({ scheme: 'Bearer', token: 'abc.def-_~+/==' });
    },
  );

  it.each(['DPoP abc.def', 'dpop  abc.def'])('is read with its scheme from %s', (value) => {
    expect(read(authorization(value))).toEqual({ scheme: 'DPoP', token: 'abc.def' });
  });

  it('is missed with 401', () => {
    expect(() => read({})).toThrow(expect.objectContaining({ code: 'invalid_token', status: 401 }));
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic abc', 'Bearer a b', 'Bearer a, Bearer b', 'DPoP'])(
    'in the header %j is refused with 400',
    (value) => {
      expect(() => read(authorization(value))).toThrow(
        expect.objectContaining({ code: 'invalid_request', status: 400 }),
      );
    },
  );

  it('in the query or a form is refused with 400, even beside a good header', () => {
    const refusal = expect.objectContaining({ code: 'invalid_request', status: 400 });
    expect(() => read(authorization('Bearer abc'), '?access_token=abc')).toThrow(refusal);
    const form = formPost({ access_token: 'abc' });
    expect(() => read({ ...form, headers: { ...form.headers, authorization: 'Bearer abc' } })).toThrow(
      refusal,
    );
  });
});
