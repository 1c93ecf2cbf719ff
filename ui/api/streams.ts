import { type Ask, ask } from './client.ts';
import { ApiError, isAbort } from './errors.ts';

export interface ServerEvent {
  readonly name: string;
  readonly data: unknown;
}

/** Server-sent events of an answer, as they come. An event named `error` is thrown. */
export async function* askEvents(path: string, options: Ask): AsyncGenerator<ServerEvent> {
  const answer = await ask(path, { ...options, accept: 'text/event-stream' });
  for await (const block of piecesOf(answer, '\n\n')) {
    const lines = block.split('\n');
    const textOf = (field: string): string =>
      lines
        .filter((line) => line.startsWith(`${field}:`))
        .map((line) => line.slice(field.length + 1).replace(/^ /, ''))
        .join('\n');
    const [name, data] = [textOf('event'), textOf('data')];
    if (data === '') continue;
    const event = { name, data: JSON.parse(data) as unknown };
    if (name === 'error') throw lateFailure(event.data);
    yield event;
  }
}

/** Lines of JSON of an answer, as they come. A line with an `error` is thrown. */
export async function* askLines<Line>(path: string, options: Ask): AsyncGenerator<Line> {
  const answer = await ask(path, { ...options, accept: 'application/x-ndjson' });
  for await (const line of piecesOf(answer, '\n')) {
    if (line.trim() === '') continue;
    const value = JSON.parse(line) as { readonly error?: unknown };
    if (typeof value.error === 'object' && value.error !== null) throw lateFailure(value.error);
    yield value as Line;
  }
}

/** What stands between separators; what follows the last one counts only where the answer ended whole. */
async function* piecesOf(answer: Response, separator: string): AsyncGenerator<string> {
  if (answer.body === null) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let held = '';
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      held += value;
      const pieces = held.split(separator);
      held = pieces.pop() as string;
      yield* pieces;
    }
    if (held.trim() !== '') yield held;
  } catch (error) {
    if (isAbort(error) || error instanceof ApiError) throw error;
    throw new ApiError('OFFLINE', 'The answer ended before its end.', 0);
  } finally {
    reader.cancel().catch(() => {});
  }
}

/** An error after an answer has begun has no status of its own. */
function lateFailure(told: unknown): ApiError {
  const { code, message } = told as { readonly code?: string; readonly message?: string };
  return new ApiError(code ?? 'E_BUG', message ?? 'the server failed and gave no reason.', 200);
}
