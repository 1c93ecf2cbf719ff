import {
  callChecks,
  checkArguments,
  type OptionChecks,
  oneOf,
  part,
  passedOptions,
  record,
  signal,
  type ValueCheck,
} from '../wording/check-options.ts';
import { anyText, anyTexts, finite, withTexts } from '../wording/check-shapes.ts';
import type { Embedder, EmbedOptions } from './embedder.ts';

const optionChecks: OptionChecks<EmbedOptions> = { ...passedOptions, signal, tokens: record, deadlineMs: finite, prompt: anyText };

/** The `embed` of an embedder, which refuses what it does not take: every embedder that this package makes has it so, since anyone may call it. */
export function checkedEmbed(embed: Embedder['embed']): Embedder['embed'] {
  return async (...given) => {
    checkArguments("embedder.embed(['Bats hunt by echo.'], 'document')", {
      texts: [given[0], anyTexts],
      role: [given[1], oneOf(['query', 'document'])],
      options: [given[2], optionChecks],
    });
    return embed(...given);
  };
}

/** The same of its `split`. */
export function checkedSplit(split: NonNullable<Embedder['split']>): NonNullable<Embedder['split']> {
  return async (...given) => {
    checkArguments("embedder.split([{ text: 'Bats hunt by echo.' }])", {
      sources: [given[0], withTexts],
      options: [given[1], { ...passedOptions, ...callChecks }],
    });
    return split(...given);
  };
}

/** Whether a caller's value is an embedder. */
export const isEmbedder: ValueCheck = part(
  'an embedder, such as createEmbedder(): an object with a fingerprint and a function embed',
  ['embed'],
  ['fingerprint'],
);
