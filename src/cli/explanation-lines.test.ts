import { expect, it } from 'vitest';
import { explanationLines } from './explanation-lines.ts';

it('says how much of a long text was read in sentences, and in how many chunks', () => {
  const stages = [
    {
      name: 'a',
      sentences: [
        { start: 0, end: 40 },
        { start: 90, end: 100 },
      ],
    },
    { name: 'b', parts: [{ start: 0, end: 40, score: 1 }] },
  ];
  const results = [
    { id: 'one', index: 0, rank: 1, relevanceScore: 0.5, document: {}, explanation: { stages, fields: [{ field: 'text', score: 0.5 }] } },
  ];
  const lines = explanationLines({ results }).split('\n');
  expect(lines).toContain('     the cross-encoder read of it 50 characters in 2 places, which carry the match');
  expect(lines).toContain('     read in 1 chunks');
});
