import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { RequestError } from '../problem.ts';

const unpackers: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/** Codings that one body may have, one inside the other. */
const MOST_CODINGS = 2;

/**
 * A body as its sender wrote it, whatever its `content-encoding`; whoever reads it counts what comes out, so that a few bytes which stand for gigabytes are refused
 * like any other body that is too large. Throws a RequestError for a coding that is not known.
 */
export function unpacked(body: Readable, coding: string | undefined): Readable {
  const codings = (coding ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '' && one !== 'identity');
  const unknown = codings.find((one) => !Object.hasOwn(unpackers, one));
  if (unknown !== undefined || codings.length > MOST_CODINGS)
    throw new RequestError(
      'malformed',
      `the body is packed with ${(unknown ?? codings.join(', ')).slice(0, 60)}; send it as it is, or packed with ${Object.keys(unpackers).join(', ')}`,
    );
  // The last one was put around all others.
  return codings.reduceRight<Readable>((packed, one) => {
    const unpack = (unpackers[one] as () => Transform)();
    // Its error comes out at the end that is read.
    return pipeline(packed, unpack, () => {});
  }, body);
}

/** What a damaged body is to its sender. */
export const packedWrongly = (error: unknown): boolean =>
  /^(Z_|ERR__ERROR_|ERR_BROTLI|ERR_)/.test(String((error as { readonly code?: unknown } | null)?.code)) &&
  (error as { readonly errno?: unknown }).errno !== undefined;
