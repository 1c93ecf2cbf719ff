import type { CallToolResult, ServerContext } from '@modelcontextprotocol/server';
import type { z } from 'zod';
import { nearestName } from '../../wording/nearest-name.ts';
import { misfit } from '../misfit.ts';
import { RequestError } from '../problem.ts';
import { outOfTime, tellError } from './told.ts';
import type { Call, McpApi, Tool } from './tool.ts';

/** Characters of an answer's JSON. What is longer would fill the context of the model that asked. */
const LONGEST_ANSWER = 200_000;

/** Runs a tool: arguments checked, for so long and no longer, errors told by their codes. */
export async function callTool(
  tool: Tool,
  args: unknown,
  context: ServerContext,
  { api, gone }: { readonly api: McpApi; readonly gone: AbortSignal | undefined },
): Promise<CallToolResult> {
  const given = gone === undefined ? context.mcpReq.signal : AbortSignal.any([context.mcpReq.signal, gone]);
  try {
    const read = readArguments(tool, args, await api.indexes.names());
    const milliseconds = tool.writes ? api.writeMs : api.callMs;
    const answer = await inTime(given, milliseconds, (signal) => tool.run(read, { signal, progress: progressTo(context) }, api));
    // As a client reads it: without what is undefined.
    const text = JSON.stringify(answer);
    if (text.length > LONGEST_ANSWER)
      throw new RequestError('large', `the answer would have ${text.length} characters; ask for fewer results, fields or documents`);
    return { content: [{ type: 'text', text }], structuredContent: JSON.parse(text) as Record<string, unknown> };
  } catch (error) {
    return { content: [{ type: 'text', text: tellError(error, api) }], isError: true };
  }
}

/** Throws a RequestError for what the tool does not take, with the nearest name of an argument that there is not. */
function readArguments(tool: Tool, args: unknown, names: readonly string[]): unknown {
  const schema = tool.input(names);
  const checked = schema.safeParse(args ?? {});
  if (checked.success) return checked.data;
  const unknown = checked.error.issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown?.code === 'unrecognized_keys' && unknown.path.length === 0) {
    const known = Object.keys((schema as z.ZodObject).shape);
    const [key = ''] = unknown.keys;
    const near = nearestName(key, known);
    const meant = near === undefined ? '' : `, did you mean "${near}"`;
    const has = known.length === 0 ? 'it takes none' : `it takes ${known.join(', ')}`;
    throw new RequestError('invalid', `${tool.name} has no argument ${JSON.stringify(key.slice(0, 60))}${meant}; ${has}`, { param: key });
  }
  throw misfit(checked.error, args);
}

/** The work, given up when its time is over or no one wants it any more, whether it listens to that or not. */
async function inTime<Result>(given: AbortSignal, milliseconds: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stopper = new AbortController();
  const timer = setTimeout(() => stopper.abort(outOfTime(milliseconds)), milliseconds);
  const stop = (): void => stopper.abort(new RequestError('stopped', 'the call was given up'));
  if (given.aborted) stop();
  given.addEventListener('abort', stop, { once: true });
  const { signal } = stopper;
  try {
    signal.throwIfAborted();
    const stopped = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
    return await Promise.race([work(signal), stopped]);
  } finally {
    clearTimeout(timer);
    given.removeEventListener('abort', stop);
  }
}

/** Progress goes to who asked for it, and only upward (MCP, progress). */
function progressTo({ mcpReq }: ServerContext): Call['progress'] {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let last = -1;
  return (message, done, total) => {
    const progress = Math.max(last + 1, done ?? 0);
    if (done !== undefined && done <= last) return;
    last = progress;
    void mcpReq.notify({ method: 'notifications/progress', params: { progressToken, progress, total, message } }).catch(() => {});
  };
}
