import { field } from '../wire.ts';

/** The sentence in a vendor's error body: `{error: {message}}`, `{message}`, `{detail}`, `{error}`, the title of a page, or the text itself. */
export function sentenceIn(body: string | undefined): string {
  if (body === undefined || body.trim() === '') return 'it gave no reason';
  if (isPage(body)) return pageTitle(body);
  const value = jsonIn(body);
  const error = field(value, 'error');
  const found = [field(error, 'message'), field(value, 'message'), field(value, 'detail'), error].find((one) => typeof one === 'string');
  return (found as string | undefined) ?? body;
}

/**
 * Whether the account is used up, which waiting does not change: OpenAI's code, in whatever part of the body, and its kin of gateways that sell
 * others' models. Sentences are not read: Google has OpenAI's for a limit of requests per minute.
 */
export function saysNoQuota(body: string | undefined): boolean {
  const value = jsonIn(body ?? '');
  const places = [value, field(value, 'error'), field(value, 'detail')];
  return (
    places.some((place) => ['code', 'type', 'error_code'].some((name) => isNoQuota(field(place, name)))) || isNoQuota(field(value, 'error'))
  );
}

/**
 * Whether who refused stands before the vendor, whose API says in JSON, or in nothing, that it refuses a key: a page for people, or with 403 a bare
 * line (Cloudflare's "error code: 1020", Envoy's "RBAC: access denied").
 */
export function isOfFirewall(status: number, body = ''): boolean {
  if (status === 401) return isPage(body);
  return status === 403 && (isPage(body) || (body.trim() !== '' && jsonIn(body) === undefined));
}

const isPage = (body: string): boolean => /^\s*(<\?xml\b[^>]*>\s*)?<(!doctype html|html|head|body|title|center)\b/i.test(body);

const isNoQuota = (code: unknown): boolean =>
  typeof code === 'string' &&
  /^(insufficient_(\w+_)?(quota|balance|credits?|funds)|billing_(hard_limit_reached|not_active)|out_of_credits?)$/i.test(code);

function jsonIn(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}

function pageTitle(page: string): string {
  const title = /<title[^>]*>([^<]{1,500})/i.exec(page)?.[1]?.trim();
  return title === undefined || title === '' ? 'a page without a title' : `a page called "${title}"`;
}
