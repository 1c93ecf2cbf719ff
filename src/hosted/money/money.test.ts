import { describe, expect, it } from 'vitest';
import { FinetoothError } from '../../errors.ts';
import { createBudget } from './budget.ts';
import { costOf, priceOf } from './cost.ts';
import { createMeter } from './meter.ts';

const read = { source: 'here', seen: '2026-11-23' };

describe('what a call cost', () => {
  it.each([
    [{ tokens: 1_000_000 }, { tokens: 0.1, ...read }, 0.1],
    [{ tokens: 500, written: 100 }, { tokens: 2, written: 8, ...read }, 0.0018],
    [{ searches: 3 }, { searches: 2, ...read }, 0.006],
    [{ tokens: 500 }, { searches: 2, ...read }, undefined],
    [{ tokens: 500 }, undefined, undefined],
    [{ cost: 0.4, tokens: 9 }, undefined, 0.4],
    [{}, { tokens: 0, ...read }, 0],
  ])('%j at %j is %s', (used, price, expected) => {
    const cost = costOf(used, price);
    if (expected === undefined) expect(cost).toBeUndefined();
    else expect(cost).toBeCloseTo(expected, 12);
  });

  it('is looked up without regard to case, and for all of a vendor', () => {
    const table = { 'together:salesforce/llama-rank-v1': { tokens: 0.1, ...read }, 'ollama:*': { tokens: 0, ...read } };
    expect(priceOf('together:Salesforce/Llama-Rank-V1', table)?.tokens).toBe(0.1);
    expect(priceOf('ollama:whatever', table)?.tokens).toBe(0);
    expect(priceOf('cohere:unheard-of', table)).toBeUndefined();
  });
});

describe('a budget', () => {
  it('stops before it is passed, what is under way included', () => {
    const budget = createBudget(0.1);
    const first = budget.reserve('a', 0.06);
    expect(() => budget.reserve('a', 0.05)).toThrow('may cost $0.0500; of the budget of $0.1000, $0.0400 is left. Nothing was sent.');
    first(0.01);
    first(5);
    expect(budget.spent()).toBeCloseTo(0.01);
    budget.reserve('b', 0.09)(0.09);
    expect(budget.spent()).toBeCloseTo(0.1);
    expect(() => budget.reserve('b', 0.000001)).toThrow(expect.objectContaining({ code: 'E_BUDGET' }));
    budget.reserve('free', 0)(0);
  });

  it('cannot be kept without a price, and is an amount', () => {
    expect(() => createBudget(1).reserve('cohere:new', undefined)).toThrow('no price is known of cohere:new');
    for (const wrong of [-1, Number.NaN, Number.POSITIVE_INFINITY]) expect(() => createBudget(wrong)).toThrow('a budget is an amount');
  });
});

describe('a meter', () => {
  const price = { tokens: 1, ...read };

  it('counts every try and pays for what was used', () => {
    const budget = createBudget(1);
    const meter = createMeter('v:m', price, budget);
    const charge = meter.charge({ tokens: 1000 }, () => ({ tokens: 300 }));
    charge.pay()('free');
    charge.pay();
    charge.done({ tokens: 200 });
    expect(meter.usage()).toEqual({ requests: 2, tokens: 200, cost: expect.closeTo(0.0002, 12) as number });
    expect(budget.spent()).toBeCloseTo(0.0002);
  });

  it('counts a try that may have been billed as if it was: by an estimate in the cost, as the most that it can be in the budget', () => {
    const budget = createBudget(1);
    const meter = createMeter('v:m', price, budget);
    const charge = meter.charge({ tokens: 1000 }, () => ({ tokens: 300 }));
    charge.pay()('perhaps');
    expect(meter.usage()).toEqual({ requests: 1, cost: expect.closeTo(0.0003, 12) as number, estimated: true });
    expect(budget.spent()).toBeCloseTo(0.001);
    const unpriced = createMeter('v:n', undefined, undefined);
    unpriced.charge({ tokens: 1000 }, () => ({ tokens: 300 })).pay()('perhaps');
    expect(unpriced.usage()).toEqual({ requests: 1, unpriced: true });
  });

  it('gives an error what was used before it, and none where nothing was sent', async () => {
    const meter = createMeter('v:m', price, createBudget(0.0015));
    const down = async () => Promise.reject(new FinetoothError('E_VENDOR_DOWN', 'no'));
    await expect(meter.counted(down)).rejects.toMatchObject({ usage: undefined });
    meter.charge({ tokens: 1000 }, () => ({ tokens: 300 })).pay()('perhaps');
    await expect(meter.counted(down)).rejects.toMatchObject({
      code: 'E_VENDOR_DOWN',
      message: 'no',
      usage: { requests: 1, cost: expect.closeTo(0.0003, 12), estimated: true },
    });
    const foreign = new Error('theirs');
    await expect(meter.counted(async () => Promise.reject(foreign))).rejects.toBe(foreign);
  });

  it('says when a cost is an estimate, and when there is none', () => {
    const estimated = createMeter('v:m', price, undefined);
    const charge = estimated.charge({ tokens: 1000 }, () => ({ tokens: 300 }));
    charge.pay();
    charge.done({});
    expect(estimated.usage()).toEqual({ requests: 1, cost: 0.0003, estimated: true });
    const unpriced = createMeter('v:n', undefined, undefined);
    const other = unpriced.charge({ tokens: 1000 }, () => ({ tokens: 300 }));
    other.pay();
    other.done({ tokens: 7 });
    expect(unpriced.usage()).toEqual({ requests: 1, tokens: 7, unpriced: true });
  });
});
