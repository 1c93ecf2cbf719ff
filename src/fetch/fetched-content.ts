import { open, readFile, stat } from 'node:fs/promises';
import { messageOf } from '../errors.ts';

/** What is known of a file by its name alone. */
interface Kind {
  readonly ends: RegExp;
  /** More than any such file has; a body that goes on beyond it has no end. */
  readonly mostBytes: number;
  /** It is no text: what a person could read came in its place. */
  readonly binary?: string;
}

const GIB = 2 ** 30;

/** The first that fits counts. */
const kinds: readonly Kind[] = [
  // The largest vocabularies, of 262,144 tokens, take 33 MB.
  { ends: /(^|\/)tokenizer\.json$/, mostBytes: 2 ** 27 },
  { ends: /\.json$/, mostBytes: 2 ** 24 },
  // A message of protobuf has at most 2 GiB; larger models keep their weights beside it.
  { ends: /\.onnx$/, mostBytes: 2 * GIB },
  { ends: /\.gz$/, mostBytes: 16 * GIB, binary: 'a gzip archive' },
  { ends: /\.zip$/, mostBytes: 8 * GIB, binary: 'a zip archive' },
  { ends: /\.(tsv|jsonl)$/, mostBytes: 16 * GIB },
];

/** Bytes at either end of a file that are looked at. */
const LOOKED_AT = 512;

const webPage = /^\s*<(!doctype|html|head|body|script|meta|title|\?xml|!--)/i;
const lfsPointer = /^version https:\/\/git-lfs\.github\.com\/spec\//;

/** Bytes that a file of that name can have at most. */
export const mostBytesOf = (file: string): number => kindOf(file)?.mostBytes ?? 128 * GIB;

/** Why something else came than what was asked for, and what to do. */
export const otherContent = (file: string, address: string, came: string): string =>
  `${address} did not answer with ${file}: it sent ${came}. A portal or a proxy may stand between: open the address in a browser, log in where it asks, and run the same command again`;

/** What stands in a file instead of what its name promises, as far as its two ends tell; undefined where nothing is wrong. */
export async function faultAtEnds(path: string, file: string): Promise<string | undefined> {
  if ((await stat(path)).size === 0 && !/\.json$/.test(file)) return undefined;
  return faultOfEnds(file, ...(await endsOf(path)));
}

/** The same of a file that has just come: what must be JSON is parsed. `file`: its name where it comes from. */
export async function faultOfContent(path: string, file: string): Promise<string | undefined> {
  const fault = await faultAtEnds(path, file);
  if (fault !== undefined || !/\.json$/.test(file)) return fault;
  try {
    JSON.parse(await readFile(path, 'utf8'));
    return undefined;
  } catch (error) {
    return `no JSON (${messageOf(error)})`;
  }
}

const kindOf = (file: string): Kind | undefined => kinds.find(({ ends }) => ends.test(file));

function faultOfEnds(file: string, head: Buffer, tail: Buffer): string | undefined {
  const text = head.toString('utf8').replace(/^\ufeff/, '');
  if (webPage.test(text)) return `a web page, ${quoted(head)}`;
  if (lfsPointer.test(text)) return `a pointer of git-lfs in place of the file, ${quoted(head)}`;
  if (/\.json$/.test(file))
    return /^\s*[[{]/.test(text) && /[\]}]\s*$/.test(tail.toString('utf8')) ? undefined : `no JSON, but ${quoted(head)}`;
  if (/\.onnx$/.test(file) && /^\s*[<{]/.test(text) && isText(head)) return `text in place of weights, ${quoted(head)}`;
  const { binary } = kindOf(file) ?? {};
  return binary !== undefined && isText(head) ? `text, which as ${binary} cannot be read: ${quoted(head)}` : undefined;
}

async function endsOf(path: string): Promise<readonly [head: Buffer, tail: Buffer]> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const at = async (from: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOOKED_AT), 0, LOOKED_AT, from);
      return buffer.subarray(0, bytesRead);
    };
    return [await at(0), await at(Math.max(0, size - LOOKED_AT))];
  } finally {
    await handle.close();
  }
}

/** The beginning of what came, for people. */
const quoted = (head: Buffer): string => JSON.stringify(head.toString('utf8').slice(0, 80).replaceAll(/\s+/g, ' ').trim());

/** Weights and archives hold other bytes among their first ones. The last three may be a torn character. */
const isText = (bytes: Buffer): boolean => !bytes.subarray(0, -3).some((byte) => byte < 9 || (byte > 13 && byte < 32) || byte === 127);
