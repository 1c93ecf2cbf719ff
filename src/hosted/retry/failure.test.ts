import { afterEach, describe, expect, it, vi } from 'vitest';
import { FinetoothError } from '../../errors.ts';
import { ShapeError, WireError } from '../wire.ts';
import { failureOf, quoted } from './failure.ts';

const asked = { name: 'cohere:rerank-v3.5', key: 'sk-1234/secret', keyVariable: 'COHERE_API_KEY', baseVariable: 'COHERE_BASE_URL' };
const status = (statusCode: number, responseBody: string, responseHeaders: Record<string, string> = {}) =>
  failureOf(new WireError('status', { statusCode, responseBody, responseHeaders }), asked);

describe('a failed request', () => {
  afterEach(() => void vi.useRealTimers());

  it.each([
    [429, 'E_VENDOR_BUSY', { again: true, down: false }],
    [500, 'E_VENDOR_DOWN', { again: true, down: true }],
    [503, 'E_VENDOR_DOWN', { again: true, down: true }],
    [529, 'E_VENDOR_DOWN', { again: true, down: true }],
    [408, 'E_VENDOR_DOWN', { again: true, down: false }],
    [401, 'E_KEY', { again: false, down: false }],
    [498, 'E_KEY', { again: false, down: false }],
    [404, 'E_VENDOR_REFUSED', { again: false, down: false, tooLarge: false }],
    [413, 'E_VENDOR_REFUSED', { again: false, tooLarge: true }],
  ] as const)('of status %i is %s', (code, name, rest) => {
    const failure = status(code, '{"message":"no"}');
    expect(failure).toMatchObject(rest);
    expect(failure.error).toMatchObject({ code: name, message: expect.stringContaining(`(${code}): no`) });
  });

  it.each([
    ['2', 2000],
    ['0.05', 50],
    ['Fri, 02 Jan 2026 00:00:05 GMT', 5000],
    ['soon', undefined],
    ['Infinity', undefined],
    ['1e999', undefined],
  ])('is asked again after "%s"', (after, expected) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 2) });
    expect(status(429, '', { 'retry-after': after }).afterMs).toBe(expected);
  });

  it('follows what else vendors say about asking again', () => {
    expect(status(429, '', { 'retry-after': '9', 'retry-after-ms': '120' }).afterMs).toBe(120);
    expect(status(500, '', { 'x-should-retry': 'false' }).again).toBe(false);
    expect(status(429, '', { 'retry-after': '9', 'retry-after-ms': 'Infinity' }).afterMs).toBe(9000);
  });

  it.each([
    '{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}',
    '{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}',
    '{"code":"insufficient_quota","message":"You exceeded your current quota"}',
    '{"detail":{"type":"insufficient_balance","message":"top up"}}',
    '{"error":{"message":"quota of the token is used up","type":"new_api_error","code":"insufficient_user_quota"}}',
    '{"error":{"code":"billing_hard_limit_reached","message":"Billing hard limit has been reached"}}',
    '{"error":"insufficient_credits","message":"no credits"}',
  ])('of an account without quota is not sent again, and does not blame the key: %s', (body) => {
    for (const code of [429, 403, 400])
      expect(status(code, body, { 'retry-after': '1' })).toMatchObject({
        again: false,
        down: false,
        error: { code: 'E_VENDOR_REFUSED', message: expect.stringContaining('has no quota left for this account') },
      });
  });

  it.each([
    '{"error":{"message":"slow down","code":"rate_limit_exceeded"}}',
    // Google's, of a limit of requests per minute.
    '{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED"}}',
  ])('of too many requests is sent again: %s', (body) => {
    expect(status(429, body)).toMatchObject({ again: true, error: { code: 'E_VENDOR_BUSY' } });
  });

  it('of status 402 is one of the account', () => {
    expect(status(402, '{"detail":"Insufficient balance"}')).toMatchObject({
      again: false,
      error: { code: 'E_VENDOR_REFUSED', message: expect.stringContaining('look at its billing page (402): Insufficient balance') },
    });
  });

  it.each([
    [
      403,
      '<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body>b</body></html>',
      'called "Attention Required!',
    ],
    [403, '\n<HTML><BODY>Request blocked</BODY></HTML>', 'a page without a title'],
    [403, '<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html><title>Blocked</title></html>', 'called "Blocked"'],
    [403, 'error code: 1020', 'error code: 1020'],
    [403, 'RBAC: access denied', 'RBAC: access denied'],
    [401, '<html><title>Sign in to the network</title></html>', 'called "Sign in to the network"'],
  ])('of status %i with a page of a firewall does not blame the key: %s', (code, body, words) => {
    const { error, again } = status(code, body);
    expect(error).toMatchObject({ code: 'E_VENDOR_REFUSED', message: expect.stringContaining('a firewall or a proxy before it refused') });
    expect(error.message).toContain(words);
    expect(error.message).not.toMatch(/refused the key|<title|COHERE_API_KEY/);
    expect(again).toBe(false);
  });

  it.each([
    [401, ''],
    [403, ''],
    [401, 'Unauthorized'],
    [403, '{"message":"Forbidden"}'],
    [403, '{"error":{"message":"this key has no access to the model"}}'],
  ])('of status %i with "%s" is the key', (code, body) => {
    expect(status(code, body).error).toMatchObject({
      code: 'E_KEY',
      message: expect.stringContaining('refused the key in COHERE_API_KEY'),
    });
  });

  it.each([
    ['https://user:word@api.example.com/v1/rerank?key=sk-other#x', 'sends the request to https://api.example.com/v1/rerank, which'],
    ['/v1/rerank/?token=abc', 'sends the request to /v1/rerank/, which'],
    ['https://api.example.com/sk-1234/secret', 'sends the request to https://api.example.com/[key], which'],
    [undefined, 'sends the request elsewhere, which'],
  ])('of a redirection to %s says where it leads, and nothing secret', (location, words) => {
    const { error, again } = status(308, '', location === undefined ? {} : { location });
    expect(error.code).toBe('E_VENDOR_REFUSED');
    expect(error.message).toContain(words);
    expect(error.message).toContain('; give the right address in COHERE_BASE_URL (308)');
    expect(error.message).not.toMatch(/word@|sk-other|abc|1234/);
    expect(again).toBe(false);
  });

  // The words of Voyage, Cohere, TEI, vLLM, Pinecone, OpenAI.
  it.each([
    '{"detail":"Request to model failed. The max allowed tokens per submitted batch is 600000."}',
    '{"message":"invalid request: number of total max chunks (number of documents * max chunks per doc) must be less than 10000"}',
    '{"error":"batch size 40 > maximum allowed batch size 32","error_type":"Validation"}',
    `{"error":{"message":"This model's maximum context length is 512 tokens"}}`,
    '{"error":{"message":"Input length 97 exceeds inputs limit of 96"}}',
    `{"error":{"message":"Invalid 'input': array too long."}}`,
  ])('was too much: %s', (body) => {
    expect(status(400, body).tooLarge).toBe(true);
    expect(status(422, body).tooLarge).toBe(true);
    expect(status(401, body).tooLarge).toBe(false);
  });

  it('tells no key, whoever repeats it, and in one line', () => {
    const { error } = status(401, `{"message":"bad key sk-1234/secret\\nsk-1234%2Fsecret, Authorization: Bearer other-key"}`);
    expect(error.message).toContain('bad key [key] [key], Authorization: Bearer [key]');
    expect(`${error.message}${String(error.cause)}`).not.toMatch(/1234|other-key/);
    expect(quoted('a\u0000b\u001b[31m\nc', undefined)).toBe('a b [31m c');
    expect(quoted('x'.repeat(500), undefined, 20)).toBe(`${'x'.repeat(20)}…`);
  });

  it('tells no key in another form of writing', () => {
    const key = 'sk-"VERY/SECRET"-1234567890';
    const told = (text: string): string => quoted(text, key, 1000);
    for (const form of [
      key,
      encodeURIComponent(key),
      JSON.stringify(key),
      ...(['base64', 'base64url', 'hex'] as const).map((as) => Buffer.from(key).toString(as)),
    ])
      expect(told(`bad ${form} here`), form).toMatch(/^bad "?\[key\]=*.{0,2} here$/);
    expect(told(`bad ${Buffer.from(`${key}, and more`).toString('base64')}`)).toMatch(/^bad \[key\]/);
  });

  it('of a shape quotes the part that is wrong', () => {
    const { error, again, perhapsBilled } = failureOf(new ShapeError('gives the index 9', { index: 9, note: 'sk-1234/secret' }), asked);
    expect(error.code).toBe('E_VENDOR_ANSWER');
    expect(error.message).toContain('it gives the index 9. It began with: {"index":9,"note":"[key]"}');
    expect([again, perhapsBilled]).toEqual([false, true]);
  });

  it('without a status is the network, and certificates are not tried again', () => {
    const reset = new TypeError('fetch failed', { cause: Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }) });
    expect(failureOf(reset, asked)).toMatchObject({ again: true, down: true, perhapsBilled: true, error: { code: 'E_VENDOR_DOWN' } });
    const refused = new TypeError('fetch failed', { cause: Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }) });
    expect(failureOf(refused, asked)).toMatchObject({ again: true, perhapsBilled: false });
    const tls = new TypeError('fetch failed', {
      cause: Object.assign(new Error('self-signed certificate'), { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }),
    });
    expect(failureOf(tls, asked)).toMatchObject({ again: false, down: true });
  });

  it('of ours stays what it is', () => {
    const error = new FinetoothError('E_PACKAGE', 'not installed');
    expect(failureOf(error, asked)).toMatchObject({ error, again: false, tooLarge: false });
  });
});
