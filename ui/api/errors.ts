/** What the server said when it refused or failed, in the form of its own API, or that it could not be reached. */
export class ApiError extends Error {
  /** As docs/errors.md lists them; `OFFLINE` where no answer came. */
  readonly code: string;
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** Seconds after which asking again may help, where the server says so. */
  readonly retryAfter: number | undefined;

  constructor(code: string, message: string, status: number, retryAfter?: number) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError';
export const isOffline = (error: unknown): boolean => error instanceof ApiError && error.code === 'OFFLINE';

/** The failure that an answer tells; every error of the server's own API has a code and a sentence. */
export async function failureOf(answer: Response): Promise<ApiError> {
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN);
  const text = await answer.text().catch(() => '');
  const { code, message } = toldIn(text);
  const said = message ?? `the server answered ${answer.status} ${answer.statusText}`.trim();
  return new ApiError(code ?? `HTTP_${answer.status}`, said, answer.status, Number.isFinite(retryAfter) ? retryAfter : undefined);
}

/** Whoever stands between page and server (a proxy) answers in a form of its own. */
function toldIn(text: string): { readonly code?: string; readonly message?: string } {
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly code?: unknown; readonly message?: unknown } };
    return { code: textOrNone(error?.code), message: textOrNone(error?.message) };
  } catch {
    return {};
  }
}

const textOrNone = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
