import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { SystemCall } from './traced-disk.ts';

const names =
  'openat,close,write,writev,pwrite64,pwritev,fsync,fdatasync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,rmdir,mkdir,mkdirat,ftruncate,copy_file_range';

/** Why programs cannot be traced here; nothing where they can. */
export const untraceable = (): string | undefined => {
  const { status, error, stderr } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { encoding: 'utf8' });
  return status === 0 ? undefined : `strace does not work here: ${error?.message ?? stderr.split('\n')[0]}`;
};

/** Runs lines of JavaScript and returns what they asked of the file system, in the order in which it was done. */
export const trace = (lines: string, file: string): SystemCall[] => {
  const node = [process.execPath, '--input-type=module', '-e', lines];
  const options = ['-f', '-xx', '-s', '100000000', '-o', file, '-e', `trace=${names}`];
  const { status, stderr } = spawnSync('strace', [...options, ...node], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  if (status !== 0) throw new Error(`the traced program ended with ${status}: ${stderr}`);
  return callsIn(readFileSync(file, 'latin1'));
};

/** A call that another thread's interrupts stands in two lines, and is done with the second; what is closed is free from the first on. */
function callsIn(text: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const begun = new Map<string, string>();
  const add = (line: string): void => {
    const [, name = '', given = '', result = ''] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(line) ?? [];
    if (name === '') return;
    const isText = (argument: string): boolean => argument.startsWith('"');
    calls.push({ name, arguments: given.split(', ').map((one) => (isText(one) ? plain(one, name) : one)), result: Number(result) });
  };
  for (const line of text.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      const start = rest.slice(0, -'<unfinished ...>'.length).trimEnd();
      if (start.startsWith('close(')) add(`${start.replace(/\)$/, '')}) = 0`);
      else begun.set(thread, start);
    } else if (rest.startsWith('<... ')) {
      const start = begun.get(thread);
      begun.delete(thread);
      if (start !== undefined) add(start + rest.replace(/^<\.\.\. \w+ resumed>/, ''));
    } else add(rest);
  }
  return calls;
}

/** Names as text; what is written stays in bytes of hex. */
function plain(argument: string, call: string): string {
  const hex = argument.slice(1, -1);
  return call.includes('write') ? hex : Buffer.from(hex.replaceAll('\\x', ''), 'hex').toString('utf8');
}
