import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { WireError } from '../wire.ts';
import { createRequests } from './requests.ts';

const soon = (ms = 2000): number => performance.now() + ms;
const down = (statusCode = 503, responseHeaders: Record<string, string> = {}): WireError =>
  new WireError('status', { statusCode, responseHeaders, responseBody: '{"message":"overloaded"}' });
const outcomes = () => {
  const paid: string[] = [];
  return {
    paid,
    pay: () => {
      paid.push('paid');
      return (outcome: 'free' | 'perhaps') => void (paid[paid.length - 1] = outcome);
    },
  };
};
const quick = { random: () => 0 };

describe('a request', () => {
  it('is sent again until it succeeds, and each try is paid for', async () => {
    let tries = 0;
    const { paid, pay } = outcomes();
    const work = async (): Promise<string> => {
      if (++tries < 3) throw down();
      return 'answer';
    };
    expect(await createRequests({ name: 'v:m' }, quick).send(work, { until: soon(), pay })).toEqual({ result: 'answer' });
    expect(paid).toEqual(['free', 'free', 'paid']);
  });

  it('is not sent again when that cannot help, or there is no time to wait', async () => {
    const requests = createRequests({ name: 'v:m' }, quick);
    let tries = 0;
    const fail = (error: Error) => async () => {
      tries++;
      throw error;
    };
    await expect(requests.send(fail(down(404)), { until: soon(), pay: outcomes().pay })).rejects.toMatchObject({
      code: 'E_VENDOR_REFUSED',
    });
    expect(tries).toBe(1);
    const busy = requests.send(fail(down(429, { 'retry-after': '30' })), { until: soon(), pay: outcomes().pay });
    await expect(busy).rejects.toMatchObject({
      code: 'E_VENDOR_BUSY',
      message: expect.stringContaining('The next retry would be in 30.0 s, after the deadline.'),
    });
    expect(tries).toBe(2);
    // The vendor asked everybody to wait, so the next one is told at once.
    await expect(requests.send(fail(down()), { until: soon(), pay: outcomes().pay })).rejects.toMatchObject({ code: 'E_VENDOR_BUSY' });
    expect(tries).toBe(2);
  });

  it.each([
    ['86400', '24 h 0 min'],
    ['31536000', '365 days'],
    ['1e300', 'more than 1,000 days'],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 'more than 1,000 days'],
  ])('says what waiting for "%s" is, and waits no longer than a quarter of an hour for it', async (after, said) => {
    const busy = async () => Promise.reject(down(429, { 'retry-after': after }));
    const requests = createRequests({ name: 'v:m' }, quick);
    await expect(requests.send(busy, { until: soon(), pay: outcomes().pay })).rejects.toMatchObject({
      code: 'E_VENDOR_BUSY',
      message: `v:m limits the rate of requests (429): overloaded. It asks to wait ${said}; no more than 15 min 0 s of that are observed. The next retry would be in 15 min 0 s, after the deadline.`,
    });
    await expect(requests.send(busy, { until: soon(), pay: outcomes().pay })).rejects.toThrow(
      /^the rate limit of v:m allows the next request in 1(4 min 5\d|5 min 0) s, after the deadline\.$/,
    );
  });

  it('ends at its deadline, also when nobody listens to the signal', async () => {
    const { paid, pay } = outcomes();
    const deaf = createRequests({ name: 'v:m' }).send(() => new Promise(() => {}), { until: soon(60), pay });
    await expect(deaf).rejects.toMatchObject({ code: 'E_DEADLINE', message: expect.stringContaining('v:m did not answer within') });
    // It may have been done, and billed.
    expect(paid).toEqual(['perhaps']);
  });

  it('stops for its caller, in the line and under way', async () => {
    const requests = createRequests({ name: 'v:m' }, { concurrency: 1 });
    const stopper = new AbortController();
    const under = requests.send(() => sleep(5000), { until: soon(), pay: outcomes().pay, signal: stopper.signal });
    const inLine = requests.send(async () => 'never', { until: soon(), pay: outcomes().pay, signal: stopper.signal });
    setTimeout(() => stopper.abort(), 20);
    await expect(under).rejects.toMatchObject({ code: 'E_STOPPED' });
    await expect(inLine).rejects.toMatchObject({ code: 'E_STOPPED' });
  });

  it('that is too large says so instead of failing', async () => {
    const large = new WireError('status', { statusCode: 413, responseBody: 'too large' });
    const outcome = await createRequests({ name: 'v:m' }).send(() => Promise.reject(large), { until: soon(), pay: outcomes().pay });
    expect(outcome).toMatchObject({ tooLarge: { code: 'E_VENDOR_REFUSED' } });
  });

  it('is not made after three failures, until a rest is over', async () => {
    let now = 0;
    const requests = createRequests({ name: 'v:m' }, { ...quick, circuitBreaker: { restMs: 1000, clock: () => now } });
    let tries = 0;
    const fail = async (): Promise<never> => {
      tries++;
      throw down();
    };
    const send = (work: () => Promise<unknown> = fail) => requests.send(work, { until: soon(), pay: outcomes().pay });
    await expect(send()).rejects.toMatchObject({ code: 'E_VENDOR_DOWN' });
    expect(tries).toBe(3);
    await expect(send()).rejects.toMatchObject({
      code: 'E_VENDOR_DOWN',
      message: expect.stringContaining('its circuit breaker stays open for another 1.0 s. The last failure: v:m fails (503)'),
    });
    expect(tries).toBe(3);
    now = 1001;
    // Half open: one try, and it rests again.
    await expect(send()).rejects.toMatchObject({ code: 'E_VENDOR_DOWN' });
    expect(tries).toBe(4);
    now = 2100;
    expect(await send(async () => 'well again')).toEqual({ result: 'well again' });
    expect(await send(async () => 'and on')).toEqual({ result: 'and on' });
  });

  it('is not made where there is no money for it', async () => {
    const poor = () => {
      throw new Error('no money');
    };
    let tries = 0;
    const work = async (): Promise<void> => void tries++;
    await expect(createRequests({ name: 'v:m' }, quick).send(work, { until: soon(), pay: poor })).rejects.toThrow('no money');
    expect(tries).toBe(0);
  });
});
