import type { Embedder } from '../embed/embedder.ts';
import { FinetoothError } from '../errors.ts';
import type { Origin, TokenForm } from '../types.ts';
import { checkCount } from './check.ts';

/** 64 bytes a token: the smallest form that loses nothing that could be measured (decisions/0010). */
const defaultTokens = { bits: 4, pool: 3 } as const;

/** The form of the token vectors that a new index keeps. Who gives vectors gives none of tokens, and those of another index stay as they are. */
export function tokenForm(
  wanted: Partial<Pick<TokenForm, 'bits' | 'pool'>> | null | undefined,
  embedder: Embedder | null,
  origin: Origin | undefined,
  vectorField: string | undefined,
): TokenForm | undefined {
  if (wanted === null || (wanted === undefined && vectorField !== undefined)) return undefined;
  if (wanted === undefined && origin !== undefined) return origin.tokens;
  const size = embedder === null ? origin?.tokens?.size : embedder.tokenSize;
  if (wanted === undefined && size === undefined) return undefined;
  if (vectorField !== undefined)
    throw new FinetoothError(
      'E_USAGE',
      (say) =>
        `an index whose vectors are given keeps no token vectors, since no model reads its documents; rerankers read them when they are found. Leave ${say.option('tokens')} out.`,
    );
  if (size === undefined) {
    const who = embedder === null ? 'the index that the documents come from' : `the embedder "${embedder.fingerprint}"`;
    throw new FinetoothError('E_USAGE', `${who} gives no token vectors that an index could keep.`);
  }
  const { bits, pool } = { ...defaultTokens, ...origin?.tokens };
  const form: TokenForm = { size, bits: wanted?.bits ?? bits, pool: wanted?.pool ?? pool };
  if (![8, 4, 1].includes(form.bits)) throw new FinetoothError('E_USAGE', `tokens.bits is 8, 4 or 1; got ${String(form.bits)}.`);
  checkCount('tokens.pool', form.pool, 1, 16);
  return form;
}
