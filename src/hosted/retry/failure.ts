import { FinetoothError, messageOf } from '../../errors.ts';
import { asText } from '../as-text.ts';
import { UnusableAnswer } from '../unusable-answer.ts';
import { ShapeError } from '../wire.ts';
import { isOfFirewall, saysNoQuota, sentenceIn } from './error-body.ts';

/** What a failed request means for those who sent it. */
export interface Failure {
  readonly error: FinetoothError;
  /** Whether the same request may succeed later. */
  readonly again: boolean;
  /** Milliseconds that the vendor asks to wait. */
  readonly afterMs?: number;
  /** The request was more than the vendor takes: a smaller one may succeed. */
  readonly tooLarge: boolean;
  /** Says something about the vendor's health, not about the request. */
  readonly down: boolean;
  /** The vendor may have done the work, and bill it. */
  readonly perhapsBilled: boolean;
}

/** Who was asked, and what must not be told. */
export interface Asked {
  /** `together:Salesforce/Llama-Rank-V1`. */
  readonly name: string;
  readonly keyVariable?: string | undefined;
  /** Where its address may be given. */
  readonly baseVariable?: string | undefined;
  readonly key?: string | undefined;
}

/** Letters from which on a key is one: shorter ones stand in ordinary words. */
const SHORTEST_KEY = 4;

/** How vendors say that a request was too much: of documents, of tokens, of bytes. */
const saysTooMuch =
  /too (long|large|many|big)|exceed|at most|max(imum)?\b.{0,60}\b(batch|tokens?|documents?|texts?|inputs?|length|size|chunks?|context)|(context|sequence|input) length|less than \d+|batch size/i;

const none = { again: false, tooLarge: false, down: false, perhapsBilled: false } as const;

/** What a stranger wrote, for a sentence: one line, short, without our key. */
export function quoted(text: string, key: string | undefined, length = 200): string {
  const plain = withoutKey(text, key)
    .replace(/\b(bearer|basic)\s+[^\s"',]+/gi, '$1 [key]')
    .replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
  return plain.length > length ? `${plain.slice(0, length)}…` : plain;
}

/** However a stranger may write the key: as it is, for an address, within JSON, in base64 or in hexadecimal digits. */
function withoutKey(text: string, key: string | undefined): string {
  if (key === undefined || key.length < SHORTEST_KEY) return text;
  const bytes = Buffer.from(key);
  const forms = [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1), ...['base64', 'base64url', 'hex'].map(encoded(bytes))];
  return forms.reduce((plain, form) => plain.replaceAll(form, '[key]'), text);
}

/** Of base64 the part that does not depend on what stands behind the key. */
const encoded =
  (bytes: Buffer) =>
  (encoding: string): string => {
    const text = bytes.toString(encoding as BufferEncoding);
    return encoding === 'hex' ? text : text.replace(/=+$/, '').slice(0, Math.floor((bytes.length * 8) / 6));
  };

/** Any error of one request. */
export function failureOf(thrown: unknown, { name, key, keyVariable, baseVariable }: Asked): Failure {
  if (thrown instanceof FinetoothError) return { ...none, error: thrown };
  const cause = { cause: new Error(quoted(messageOf(thrown), key, 2000)) };
  const given = (thrown ?? {}) as {
    readonly statusCode?: number;
    readonly responseHeaders?: Readonly<Record<string, string>>;
    readonly responseBody?: string;
  };
  const unusable = (why: string, part: unknown): Failure => ({
    ...none,
    perhapsBilled: true,
    error: new FinetoothError(
      'E_VENDOR_ANSWER',
      `${name} gave an answer that cannot be used: it ${why}${part === '' ? '.' : `. It began with: ${quoted(asText(part), key)}`}`,
      cause,
    ),
  });
  if (thrown instanceof ShapeError) return unusable(thrown.message, thrown.part);
  // The AI SDK's words for an answer of another shape are a good status with the body that came; without a body, the connection broke.
  const isGood = given.statusCode !== undefined && given.statusCode >= 200 && given.statusCode < 300;
  if (isGood && given.responseBody !== undefined) return unusable('does not have the documented shape', given.responseBody);
  const status = isGood ? undefined : given.statusCode;
  const own = [thrown, (thrown as { readonly cause?: unknown }).cause].find((one) => one instanceof UnusableAnswer);
  if (own !== undefined) return unusable(own.message, own.part);
  if (status === undefined) {
    const why = quoted(causeOf(thrown), key);
    // A certificate does not become valid by asking again.
    const isTls = /CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_VERIFY/i.test(why);
    return {
      again: !isTls,
      tooLarge: false,
      down: true,
      perhapsBilled: !/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|CERT|TLS|SSL/i.test(why),
      error: new FinetoothError('E_VENDOR_DOWN', `${name} cannot be reached, or broke off: ${why}.`, cause),
    };
  }
  const headers = given.responseHeaders ?? {};
  const sentence = sentenceIn(given.responseBody);
  const why = quoted(sentence, key);
  const afterMs = waitIn(headers);
  const wait = { afterMs };
  const told = (code: 'E_KEY' | 'E_VENDOR_REFUSED' | 'E_VENDOR_BUSY' | 'E_VENDOR_DOWN', words: string): FinetoothError =>
    new FinetoothError(code, `${name} ${words} (${status}): ${why}`, cause);
  const mayAgain = headers['x-should-retry'] !== 'false';
  if (status === 402 || ([400, 401, 403, 429].includes(status) && saysNoQuota(given.responseBody)))
    return { ...none, error: told('E_VENDOR_REFUSED', 'has no quota left for this account, look at its billing page') };
  if (status === 429) return { ...none, ...wait, again: mayAgain, error: told('E_VENDOR_BUSY', 'limits the rate of requests') };
  if (isOfFirewall(status, given.responseBody))
    return {
      ...none,
      error: told('E_VENDOR_REFUSED', 'was not asked: a firewall or a proxy before it refused the request, whatever the key'),
    };
  if ([401, 403, 498].includes(status))
    return { ...none, error: told('E_KEY', `refused the key${keyVariable === undefined ? '' : ` in ${keyVariable}`}`) };
  if (status === 408 || status === 425 || status === 409 || status >= 500)
    return { ...none, ...wait, again: mayAgain, down: status >= 500, error: told('E_VENDOR_DOWN', 'fails') };
  if (status >= 300 && status < 400)
    return {
      ...none,
      error: told(
        'E_VENDOR_REFUSED',
        `sends the request ${quoted(placeOf(headers.location), key)}, which is not followed since it carries a key; give the right address${baseVariable === undefined ? '' : ` in ${baseVariable}`}`,
      ),
    };
  const tooLarge = status === 413 || ([400, 422].includes(status) && saysTooMuch.test(sentence));
  return { ...none, tooLarge, error: told('E_VENDOR_REFUSED', 'refused the request') };
}

/** Codes of the system and of undici beneath a failed fetch. */
function causeOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; depth++) {
    const { code } = at as { readonly code?: unknown };
    if (typeof code === 'string' && /^[A-Z_]{4,}$/.test(code)) return `${code}: ${at.message}`;
    if (at.cause === undefined) return at.message;
    at = at.cause;
  }
  return messageOf(error);
}

/** RFC 9110: seconds or a date; `retry-after-ms` is what OpenAI and Together add. What is no finite number says nothing. */
function waitIn(headers: Readonly<Record<string, string>>): number | undefined {
  const precise = Number(headers['retry-after-ms']);
  if (headers['retry-after-ms'] !== undefined && precise >= 0 && Number.isFinite(precise)) return precise;
  const after = headers['retry-after'];
  if (after === undefined) return undefined;
  const seconds = Number(after);
  if (seconds >= 0) return Number.isFinite(seconds) ? seconds * 1000 : undefined;
  const at = Date.parse(after);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

/** Where a redirection leads, without what may be secret. */
function placeOf(location: string | undefined): string {
  if (location === undefined) return 'elsewhere';
  const url = URL.parse(location);
  return `to ${url === null ? location.replace(/[?#].*$/s, '') : `${url.origin}${url.pathname}`}`;
}
