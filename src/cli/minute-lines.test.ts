import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Clock } from './minute-lines.ts';
import { showProgress } from './progress.ts';
import { streamTerminal } from './terminal.ts';

/** A terminal whose standard error is a pipe, and a clock that stands until it is told. */
const piped = (env: NodeJS.ProcessEnv = {}, isTTY = false) => {
  const said: string[] = [];
  const sink = (into: string[]) => {
    const write = (chunk: unknown, _: unknown, done: () => void): void => {
      into.push(String(chunk));
      done();
    };
    return Object.assign(new Writable({ write }), { isTTY, columns: 80 });
  };
  const timers: { every: number; act: () => void; next: number }[] = [];
  let now = 5000;
  const clock: Clock = {
    now: () => now,
    every: (every, act) => {
      timers.push({ every, act, next: now + every });
    },
  };
  const stdin = (async function* () {})();
  const terminal = streamTerminal({ stdin, stdout: sink([]), stderr: sink(said), env, clock }, () => {});
  const pass = (seconds: number): void => {
    const until = now + seconds * 1000;
    for (; now < until; now += 1000)
      for (const timer of timers)
        if (timer.next <= now) {
          timer.next += timer.every;
          timer.act();
        }
  };
  return { terminal, said, pass };
};

describe('progress where standard error is no terminal', () => {
  it('is a line a minute: what, how much is done of how much, how long', () => {
    const { terminal, said, pass } = piped();
    const show = showProgress(terminal);
    for (let done = 0; done < 150; done++) {
      show({ what: 'dense\u001b[2J, reranked', done, total: 200, unit: 'query' });
      pass(1);
    }
    expect(said).toHaveLength(2);
    expect(said[0]).toMatch(/^dense.+, reranked, query 60 of 200.* \(1 min 0 s so far\)\n$/);
    expect(said[1]).toMatch(/query 120 of 200.* \(2 min 0 s so far\)\n$/);
    expect(said.join('')).not.toContain('\u001b');
  });

  it('says so again where nothing has moved, and nothing more once the work is done', () => {
    const { terminal, said, pass } = piped();
    terminal.progress('loading the model');
    pass(125);
    terminal.progress('');
    pass(600);
    expect(said).toEqual(['loading the model (1 min 0 s so far)\n', 'loading the model (2 min 0 s so far)\n']);
    terminal.progress('256 documents');
    pass(60);
    expect(said.slice(2)).toEqual(['256 documents (13 min 0 s so far)\n']);
  });

  it('is nothing where the work takes less than a minute, or FINETOOTH_QUIET says so', () => {
    const short = piped();
    short.terminal.progress('copying, file 1 of 2');
    short.pass(59);
    short.terminal.progress('');
    short.pass(100);
    expect(short.said).toEqual([]);
    for (const isTTY of [false, true]) {
      const quiet = piped({ FINETOOTH_QUIET: '1' }, isTTY);
      quiet.terminal.progress('indexing');
      quiet.pass(1000);
      expect(quiet.said).toEqual([]);
    }
  });

  it('stays a line that replaces itself on a terminal', () => {
    const { terminal, said, pass } = piped({}, true);
    terminal.progress('indexing');
    pass(200);
    expect(said).toEqual(['indexing']);
  });
});
