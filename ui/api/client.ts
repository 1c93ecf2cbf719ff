import { ApiError, failureOf, isAbort } from './errors.ts';
import { askKey, keptKey } from './key.ts';

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, in place of JSON. */
  readonly body?: BodyInit;
  readonly accept?: string;
  readonly signal?: AbortSignal | undefined;
}

/** The address of a path of the server: relative to the page, so that a proxy may put both under a prefix. */
export const addressOf = (path: string): string => new URL(path.replace(/^\//, ''), document.baseURI).href;

/**
 * One request. A server that wants a key is told one, which the page asks for once.
 *
 * @param path such as `v1/indexes`
 * @throws ApiError when the server refuses, fails or cannot be reached; a `DOMException` named AbortError when the signal was raised
 */
export async function ask(path: string, { method, json, body, accept = 'application/json', signal }: Ask = {}): Promise<Response> {
  const sends = json !== undefined || body !== undefined;
  for (;;) {
    const key = keptKey();
    const headers: Record<string, string> = { accept };
    if (json !== undefined) headers['content-type'] = 'application/json';
    if (key !== undefined) headers.authorization = `Bearer ${key}`;
    const answer = await fetch(addressOf(path), {
      method: method ?? (sends ? 'POST' : 'GET'),
      headers,
      body: json === undefined ? body : JSON.stringify(json),
      signal,
      credentials: 'same-origin',
    }).catch((error: unknown) => {
      if (isAbort(error)) throw error;
      throw new ApiError('OFFLINE', 'The server does not answer.', 0);
    });
    if (answer.ok) return answer;
    const failure = await failureOf(answer);
    if (answer.status !== 401 || !(await askKey(key))) throw failure;
    signal?.throwIfAborted();
  }
}

/** The same, of an answer in JSON. */
export async function askJson<Answer>(path: string, options: Ask = {}): Promise<Answer> {
  const answer = await ask(path, options);
  try {
    return (await answer.json()) as Answer;
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new ApiError('OFFLINE', 'The answer ended before its end.', 0);
  }
}
