import type { ReadOptions } from '../index.ts';
import type { Flags, Run } from './command.ts';

/** What reads the documents of a command takes. */
export function readOptions({
  flags,
  terminal,
  signal,
}: Pick<Run<never>, 'terminal' | 'signal'> & { readonly flags: Flags<'format' | 'followLinks'> }): ReadOptions {
  return { signal, stdin: terminal.stdin, format: flags.format === 'auto' ? undefined : flags.format, followLinks: flags.followLinks };
}
