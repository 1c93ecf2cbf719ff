import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { FinetoothError } from '../errors.ts';
import { type KeyInput, type Keys, openKeys } from './label-keys.ts';

const opened = (live: boolean) => {
  const stream = new PassThrough();
  const raw: boolean[] = [];
  const output = new PassThrough();
  const stopper = new AbortController();
  let interrupts = 0;
  const input: KeyInput = live ? Object.assign(stream, { isTTY: true, setRawMode: (on: boolean) => raw.push(on) }) : stream;
  const keys = openKeys({ input, output, signal: stopper.signal, interrupt: () => interrupts++ });
  return { keys, stream, output, raw, stopper, interrupts: () => interrupts };
};

const rest = async (keys: Keys): Promise<string[]> => {
  const found: string[] = [];
  for (let key = await keys.key(); key !== undefined; key = await keys.key()) found.push(key);
  return found;
};

describe('keys of a pipe', () => {
  it('are its characters, without spaces and line ends, until the input ends', async () => {
    const { keys, stream } = opened(false);
    stream.write('0 1\n\r\nS');
    stream.end('q\n');
    expect(await rest(keys)).toEqual(['0', '1', 's', 'q']);
    expect(await keys.key()).toBeUndefined();
  });

  it('are not forgotten: no one types ahead in a pipe', async () => {
    const { keys, stream } = opened(false);
    stream.write('01');
    expect(await keys.key()).toBe('0');
    keys.forget();
    expect(await keys.key()).toBe('1');
  });

  it('are whole letters, wherever the bytes are cut', async () => {
    const { keys, stream } = opened(false);
    const [first, ...others] = Buffer.from('é1');
    stream.write(Buffer.from([first as number]));
    setImmediate(() => stream.end(Buffer.from(others)));
    expect(await rest(keys)).toEqual(['é', '1']);
  });
});

describe('keys of a terminal', () => {
  it('come one at a time without Enter, and the terminal is left as it was', async () => {
    const { keys, stream, raw } = opened(true);
    expect(raw).toEqual([true]);
    stream.write('2');
    expect(await keys.key()).toBe('2');
    keys[Symbol.dispose]();
    expect(raw).toEqual([true, false]);
    expect(stream.listenerCount('data')).toBe(0);
    expect(stream.isPaused()).toBe(true);
  });

  it('are not the pieces of an arrow', async () => {
    const { keys, stream } = opened(true);
    stream.write('\u001b[A\u001b[1;5C\u001bOP\u001b3\r');
    stream.write('\u0004');
    expect(await rest(keys)).toEqual(['\r']);
  });

  it('interrupt with Ctrl-C and end with Ctrl-D', async () => {
    const { keys, stream, interrupts } = opened(true);
    stream.write('\u0003');
    stream.write('\u0004');
    expect(await keys.key()).toBeUndefined();
    expect(interrupts()).toBe(1);
  });

  it('reject when stopped, with the reason', async () => {
    const { keys, stopper } = opened(true);
    const waiting = keys.key();
    stopper.abort(new FinetoothError('E_LOCKED', 'the lock was lost.'));
    await expect(waiting).rejects.toMatchObject({ code: 'E_LOCKED' });
  });

  it('are forgotten when they came before the question', async () => {
    const { keys, stream } = opened(true);
    stream.write('01');
    expect(await keys.key()).toBe('0');
    keys.forget();
    stream.write('3');
    expect(await keys.key()).toBe('3');
  });

  it('tell of a new size', async () => {
    const { keys, output } = opened(true);
    output.emit('resize');
    expect(await keys.key()).toBe('resize');
  });

  it('make way for a line and come back', async () => {
    const { keys, stream, output } = opened(true);
    const asked = keys.line('Query: ');
    stream.write('a heist\r');
    expect(await asked).toBe('a heist');
    expect(String(output.read())).toContain('Query: ');
    stream.write('1');
    expect(await keys.key()).toBe('1');
    const ended = keys.line('Query: ');
    stream.write('\u0004');
    expect(await ended).toBeUndefined();
  });

  it('stop a line that is waited for', async () => {
    const { keys, stopper } = opened(true);
    const asked = keys.line('Query: ');
    stopper.abort(new FinetoothError('E_STOPPED', 'stopped by Ctrl-C.'));
    await expect(asked).rejects.toMatchObject({ code: 'E_STOPPED' });
  });
});
