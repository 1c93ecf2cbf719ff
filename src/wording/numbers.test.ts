import { describe, expect, it } from 'vitest';
import { dollars, equation, figure, interval, moment, percent, probability, signed } from './numbers.ts';

describe('the numbers of a report', () => {
  it('writes measures with four digits and differences with their sign', () => {
    expect([figure(0.778), figure(1), signed(0.238), signed(-0.012)]).toEqual(['0.7780', '1.0000', '+0.2380', '−0.0120']);
    expect(interval(-0.1, 0.2, signed)).toBe('[−0.1000, +0.2000]');
  });

  it('gives no sign to what the digits show as nothing', () => {
    expect([signed(0), signed(-0), signed(-0.00004), signed(0.00004), signed(-0.00005)]).toEqual([
      '0.0000',
      '0.0000',
      '0.0000',
      '0.0000',
      '−0.0001',
    ]);
    expect([percent(-0.0001), percent(-0.25)]).toEqual(['0.0 %', '−25 %']);
  });

  it('never writes a p of 0', () => {
    expect([probability(0), probability(0.0001), equation(0.00009), equation(0.0312)]).toEqual([
      '< 0.0001',
      '0.0001',
      'p < 0.0001',
      'p = 0.0312',
    ]);
  });

  it('keeps a digit where a share or a price is small', () => {
    expect([percent(0), percent(0.004), percent(0.0994), percent(0.0996), percent(1), percent(1.034)]).toEqual([
      '0 %',
      '0.4 %',
      '9.9 %',
      '10 %',
      '100 %',
      '103 %',
    ]);
    expect([dollars(0), dollars(0.00001), dollars(0.0312), dollars(12.3), dollars(1234.567)]).toEqual([
      '$0',
      '< $0.0001',
      '$0.0312',
      '$12.30',
      '$1,234.57',
    ]);
  });

  it('writes the moment in UTC', () => {
    expect(moment('2025-03-01T12:34:56.000Z')).toBe('2025-03-01 12:34 UTC');
  });
});
