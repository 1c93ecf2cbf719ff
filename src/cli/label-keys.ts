import { createInterface } from 'node:readline/promises';
import type { Readable, Writable } from 'node:stream';
import { throwIfStopped } from '../errors.ts';

/** A terminal's input, or a pipe. */
export type KeyInput = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/** One key at a time, without Enter. Closing it leaves the terminal as it was. */
export interface Keys extends Disposable {
  /** The next key, letters lowercase; 'resize' when the terminal has another size; nothing at the end of input. Rejects when stopped. */
  key(): Promise<string | undefined>;
  /** On a terminal: what was typed before the screen showed what it would be an answer to. */
  forget(): void;
  /** A whole line of a terminal; nothing at the end of input. */
  line(question: string): Promise<string | undefined>;
}

export interface KeyOptions {
  readonly input: KeyInput;
  /** Where a question and what is typed are shown. */
  readonly output: Writable;
  readonly signal: AbortSignal;
  /** Called for Ctrl-C, which is a key like any other while Enter is not waited for. */
  readonly interrupt: () => void;
}

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
/** Arrows and the like are several characters that begin with Escape. */
const escapeSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|O.|.)?/gsu;

export function openKeys({ input, output, signal, interrupt }: KeyOptions): Keys {
  const live = input.isTTY === true;
  const decoder = new TextDecoder();
  let waiting: string[] = [];
  let ended = false;
  let wake = (): void => {};

  const onData = (bytes: Uint8Array): void => {
    const keys = [...decoder.decode(bytes, { stream: true }).replace(escapeSequence, '').toLowerCase()];
    for (const key of keys) {
      if (live && key === CTRL_C) interrupt();
      else if (live && key === CTRL_D) ended = true;
      // In a pipe line ends and spaces only set keys apart.
      else if (live || key.trim() !== '') waiting.push(key);
    }
    wake();
  };
  const onEnd = (): void => {
    ended = true;
    wake();
  };
  const onResize = (): void => {
    waiting.unshift('resize');
    wake();
  };
  const listen = (): void => {
    if (live) input.setRawMode?.(true);
    input.on('data', onData).on('end', onEnd).on('error', onEnd).resume();
    if (live) output.on('resize', onResize);
    signal.addEventListener('abort', onEnd);
  };
  const leave = (): void => {
    signal.removeEventListener('abort', onEnd);
    output.off('resize', onResize);
    input.off('data', onData).off('end', onEnd).off('error', onEnd);
    if (live) input.setRawMode?.(false);
    // What is no longer read does not keep the process alive.
    input.pause();
  };
  listen();

  return {
    key: async () => {
      for (;;) {
        throwIfStopped(signal);
        const key = waiting.shift();
        if (key !== undefined || ended) return key;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    forget: () => {
      if (live) waiting = [];
    },
    line: async (question) => {
      if (ended) return undefined;
      leave();
      const editor = createInterface({ input, output, terminal: true });
      editor.on('SIGINT', interrupt);
      try {
        const closed = new Promise<undefined>((resolve) => editor.once('close', () => resolve(undefined)));
        const asked = editor.question(question, { signal }).catch((error: unknown) => {
          throwIfStopped(signal);
          throw error;
        });
        const answer = await Promise.race([asked, closed]);
        // Ctrl-D leaves the cursor behind the question.
        if (answer === undefined) output.write('\n');
        return answer;
      } finally {
        editor.close();
        listen();
      }
    },
    [Symbol.dispose]: leave,
  };
}
