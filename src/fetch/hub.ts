import type { Dispatcher } from 'undici';
import { FinetoothError, messageOf, systemCodeOf, throwIfStopped } from '../errors.ts';
import { answerInTime } from './answer-in-time.ts';
import { type Environment, variable } from './cache-folder.ts';
import type { FileKind } from './checksums.ts';
import type { Open, Refused } from './download.ts';
import { otherContent } from './fetched-content.ts';
import { redirectionFault } from './redirection.ts';

/** The endpoint that the hub's own clients use unless HF_ENDPOINT names another: huggingface_hub, constants.py. */
const DEFAULT_ENDPOINT = 'https://huggingface.co';
const MOST_REDIRECTS = 8;
/** Milliseconds without a byte until a request is given up. There is no deadline for a whole file. */
export const STALL_MS = 30_000;

export interface Hub {
  /** Without a slash at its end. */
  readonly endpoint: string;
  readonly token?: string | undefined;
  readonly dispatcher: Dispatcher;
  readonly request: (url: URL, headers: Record<string, string>, signal: AbortSignal) => Promise<Dispatcher.ResponseData>;
}

export interface HubFile {
  /** The hub keeps data sets apart from models: their addresses begin with /datasets. @default model */
  readonly kind?: FileKind | undefined;
  /** `owner/name` */
  readonly repository: string;
  /** Branch, tag or commit. */
  readonly revision: string;
  readonly path: string;
}

/** No one is there: the next source is tried at once. */
const unreachableCodes = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN']);

/** HF_HUB_OFFLINE as huggingface_hub reads it: 1, on, yes, true. */
export const isOffline = (env: Environment): boolean => /^(1|on|yes|true)$/i.test(variable(env, 'HF_HUB_OFFLINE') ?? '');

/** Proxies come from HTTP_PROXY, HTTPS_PROXY and NO_PROXY of `env`, lower case first, as curl does. */
export async function openHub(env: Environment, stallMs: number = STALL_MS): Promise<Hub> {
  const { EnvHttpProxyAgent, request } = await import('undici');
  const either = (name: string): string => variable(env, name.toLowerCase()) ?? variable(env, name) ?? '';
  const endpoint = (variable(env, 'HF_ENDPOINT') ?? DEFAULT_ENDPOINT).replace(/\/+$/, '');
  if (!/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new FinetoothError('E_USAGE', `HF_ENDPOINT must be an address that begins with http:// or https://, got "${endpoint}".`);
  }
  let dispatcher: Dispatcher;
  try {
    dispatcher = new EnvHttpProxyAgent({
      // An empty string keeps undici from reading the variables of the process itself.
      httpProxy: either('HTTP_PROXY'),
      httpsProxy: either('HTTPS_PROXY'),
      noProxy: either('NO_PROXY'),
      headersTimeout: stallMs,
      bodyTimeout: stallMs,
      connect: { timeout: Math.min(stallMs, 10_000) },
    });
  } catch (cause) {
    throw new FinetoothError('E_USAGE', `HTTP_PROXY or HTTPS_PROXY is not an address (${messageOf(cause)}). Correct or unset it.`, {
      cause,
    });
  }
  return {
    endpoint,
    token: variable(env, 'HF_TOKEN'),
    dispatcher,
    request: (url, headers, signal) =>
      answerInTime(request(url, { dispatcher, headers, signal, headersTimeout: stallMs, bodyTimeout: stallMs }), { stallMs, signal }),
  };
}

/** Retry-After: seconds or a date (RFC 9110, 10.2.3) → milliseconds from now. */
export function retryAfterMs(value: string | undefined, now: number = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value.trim()) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

/**
 * GET {endpoint}/[datasets/]{owner/name}/resolve/{revision}/{path}, continued from `offset` where the file is still the one with `etag`.
 * Redirects are followed by hand: the hub sends large files from another host, which must not see the token, and states
 * X-Linked-Etag (of large files: their sha256) and X-Linked-Size only in its own answer.
 */
export const openHubFile =
  (hub: Hub, file: HubFile): Open =>
  async (offset, etag, signal) => {
    const kind = file.kind === 'dataset' ? ['datasets'] : [];
    const path = [...kind, ...file.repository.split('/'), 'resolve', file.revision, ...file.path.split('/')]
      .map(encodeURIComponent)
      .join('/');
    let url = new URL(`${hub.endpoint}/${path}`);
    const home = url.origin;
    const linked: { etag?: string | undefined; size?: string | undefined } = {};
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      let answer: Dispatcher.ResponseData;
      try {
        answer = await hub.request(
          url,
          {
            'user-agent': 'finetooth',
            'accept-encoding': 'identity',
            ...(hub.token !== undefined && url.origin === home && { authorization: `Bearer ${hub.token}` }),
            ...(offset > 0 && { range: `bytes=${offset}-` }),
          },
          signal,
        );
      } catch (error) {
        throwIfStopped(signal);
        return refusalOfError(error, url.host);
      }
      const header = (name: string): string | undefined => [answer.headers[name]].flat()[0];
      const { statusCode: status } = answer;
      const drop = (): void => void answer.body.on('error', () => undefined).destroy();
      linked.etag ??= plain(header('x-linked-etag'));
      linked.size ??= header('x-linked-size');
      const next = status >= 300 && status < 400 ? URL.parse(header('location') ?? '', url.href) : null;
      if (next !== null) {
        drop();
        const fault = redirectionFault(url, next);
        if (fault !== undefined) return { refused: `${url.host} ${fault}`, retry: false };
        url = next;
        continue;
      }
      const version = linked.etag ?? plain(header('etag'));
      if (status === 416 || (status === 206 && etag !== undefined && version !== etag)) {
        drop();
        // What is here is longer than the file, or part of another version: fetch all of it.
        return offset > 0
          ? openHubFile(hub, file)(0, undefined, signal)
          : { refused: `${url.host} answered with status ${status}`, retry: true };
      }
      if (status !== 200 && status !== 206) {
        drop();
        return refusalOfStatus(hub, file, status, header);
      }
      const type = header('content-type');
      if (/^(text\/html|application\/xhtml)/i.test(type ?? '')) {
        drop();
        return { refused: otherContent(file.path, addressOf(url), `a web page (${type})`), retry: false };
      }
      const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header('content-range') ?? '');
      if (status === 206 && Number(range?.[1]) !== offset) {
        drop();
        return { refused: `${url.host} sent another part than the one that was asked for`, retry: false };
      }
      const total = Number(status === 206 ? range?.[2] : (linked.size ?? header('content-length')));
      return {
        address: addressOf(url),
        start: status === 206 ? offset : 0,
        total: Number.isFinite(total) ? total : undefined,
        // Of small files the hub states git's own hash, which is shorter.
        sha256: /^[0-9a-f]{64}$/.test(version ?? '') ? version : undefined,
        etag: version,
        body: answer.body,
      };
    }
    return { refused: `${hub.endpoint} redirected more than ${MOST_REDIRECTS} times`, retry: false };
  };

function refusalOfError(error: unknown, host: string): Refused {
  const code = systemCodeOf(error) ?? (error as { code?: unknown } | null)?.code;
  const text = messageOf(error) || String(code);
  if (unreachableCodes.has(String(code))) return { refused: `${host} cannot be reached (${String(code)})`, retry: false };
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return { refused: `${host} cannot be reached (no connection in time)`, retry: false };
  if (/certificate|self.signed|CERT_/i.test(`${text} ${String(code)}`)) {
    return {
      refused: `the certificate of ${host} is not trusted (${text}); behind a company's proxy set NODE_EXTRA_CA_CERTS`,
      retry: false,
    };
  }
  return { refused: `${host} did not answer (${text})`, retry: true };
}

const plain = (etag: string | undefined): string | undefined => etag?.replace(/^W\//, '').replaceAll('"', '') || undefined;

/** The hub's X-Error-Code tells apart what the status does not: huggingface_hub, errors.py. */
function refusalOfStatus(
  hub: Hub,
  { repository, revision, path }: HubFile,
  status: number,
  header: (name: string) => string | undefined,
): Refused {
  const where = `${repository} at ${hub.endpoint}`;
  const code = header('x-error-code');
  if (code === 'GatedRepo' || (status === 403 && code === undefined)) {
    const advice = hub.token === undefined ? 'set HF_TOKEN to a token of yours' : 'the token in HF_TOKEN has no access';
    return {
      refused: `${where} is gated (status ${status}): accept its terms on its page, and ${advice}`,
      retry: false,
      missing: 'repository',
    };
  }
  if (code === 'RepoNotFound' || status === 401) {
    const advice = hub.token === undefined ? 'if it is private, set HF_TOKEN' : 'if it is private, HF_TOKEN has no access to it';
    return { refused: `there is no repository ${where} (status ${status}); ${advice}`, retry: false, missing: 'repository' };
  }
  if (code === 'RevisionNotFound') return { refused: `${where} has no revision "${revision}"`, retry: false };
  if (status === 404) return { refused: `${where} has no file ${path} in revision "${revision}"`, retry: false, missing: 'file' };
  const retry = status === 429 || status === 408 || status >= 500;
  return {
    refused: `${hub.endpoint} answered ${path} of ${repository} with status ${status}`,
    retry,
    waitMs: retryAfterMs(header('retry-after')),
  };
}

/** Without what is secret in it: signatures of redirections, and the name and password of a mirror. */
const addressOf = ({ origin, pathname }: URL): string => `${origin}${pathname}`;
