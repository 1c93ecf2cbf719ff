/** Work in a process of its own: its memory is its own, and its threads do not disturb the others'. */
import { fork } from 'node:child_process';
import { join } from 'node:path';

export interface Child {
  /** What the process answers; rejects with what it threw. */
  ask<Answer>(request: unknown): Promise<Answer>;
  /** Largest resident memory so far, megabytes, as the system counted it. */
  close(): Promise<{ readonly peakMegabytes: number }>;
}

type Reply = { readonly answer: unknown } | { readonly failure: string };

/** `file` is a path inside bench/; it calls `serve`. */
export const startChild = (file: string, args: readonly string[] = []): Child => {
  const child = fork(join(import.meta.dirname, file), args, { serialization: 'advanced', execArgv: [] });
  const waiting: { resolve(answer: unknown): void; reject(error: Error): void }[] = [];
  child.on('message', (reply: Reply) => {
    const first = waiting.shift();
    if ('failure' in reply) first?.reject(new Error(`${file}: ${reply.failure}`));
    else first?.resolve(reply.answer);
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.splice(0)) reject(new Error(`${file} ended with code ${code}`));
  });
  const ask = <Answer>(request: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve: (answer) => resolve(answer as Answer), reject });
      child.send({ request }, (error) => {
        if (error !== null) reject(error);
      });
    });
  return {
    ask,
    close: async () => {
      const peak = await ask<{ readonly peakMegabytes: number }>('peak');
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      return peak;
    },
  };
};

/** The child's side: answers requests one after another, in order. */
export const serve = <Request>(answer: (request: Request) => Promise<unknown>): void => {
  let last: Promise<void> = Promise.resolve();
  const reply = async (request: Request | 'peak'): Promise<void> => {
    try {
      // maxRSS is in kibibytes on every platform.
      const given =
        request === 'peak' ? { peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6 } : await answer(request as Request);
      process.send?.({ answer: given });
    } catch (error) {
      process.send?.({ failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  };
  process.on('message', ({ request }: { readonly request: Request | 'peak' }) => {
    last = last.then(() => reply(request));
  });
};
