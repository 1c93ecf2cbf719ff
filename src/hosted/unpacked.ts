import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { messageOf } from '../errors.ts';
import { UnusableAnswer } from './unusable-answer.ts';

type Unpack = (body: Buffer, options: { readonly maxOutputLength: number }) => Promise<Buffer>;

const gunzip = promisify(zlib.gunzip) as Unpack;
const inflate = promisify(zlib.inflate) as Unpack;
const inflateRaw = promisify(zlib.inflateRaw) as Unpack;
// From Node 22.15 on.
const zstd = (zlib as { readonly zstdDecompress?: typeof zlib.gunzip }).zstdDecompress;

/** RFC 9110, 8.4.1, and what servers send besides. */
const encodings: Readonly<Record<string, Unpack | undefined>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  br: promisify(zlib.brotliDecompress) as Unpack,
  // With its header as the standard says, or without as some send it.
  deflate: (body, options) => inflate(body, options).catch(() => inflateRaw(body, options)),
  zstd: zstd && (promisify(zstd) as Unpack),
};

const isGzip = (body: Buffer): boolean => body[0] === 0x1f && body[1] === 0x8b;

/**
 * A body without the packing that its header names, which no one asked for and proxies add all the same; gzip also where the header was lost on the
 * way. A body that is not packed as its header says stays as it is. Throws UnusableAnswer beyond so many bytes, and for a packing that is not known.
 */
export async function unpacked(body: Buffer, header: string, mostBytes: number): Promise<Buffer> {
  const named = header
    .toLowerCase()
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '' && one !== 'identity');
  let plain = body;
  for (const name of isGzip(body) && named.length === 0 ? ['gzip'] : named.reverse()) {
    if (plain.length === 0 || looksLikeText(plain)) return plain;
    const unpack = encodings[name];
    if (unpack === undefined) throw new UnusableAnswer(`is packed with "${name}", which was not asked for and is not known here`);
    try {
      plain = await unpack(plain, { maxOutputLength: mostBytes });
    } catch (error) {
      if ((error as { readonly code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE')
        throw new UnusableAnswer(`is larger than ${mostBytes} bytes`);
      throw new UnusableAnswer(`is packed with ${name} and cannot be unpacked (${messageOf(error)})`);
    }
  }
  return plain;
}

/** Whether it begins as JSON or a page does, after white space or a byte order mark: then a proxy unpacked it and left the header. */
const looksLikeText = (body: Buffer): boolean => /^(\xef\xbb\xbf)?\s*[[{<"]/.test(body.subarray(0, 64).toString('latin1'));
