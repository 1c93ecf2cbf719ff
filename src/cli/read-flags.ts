import type { ReadOptions } from '../index.ts';
import type { Flags, Run } from './command.ts';

/** Flags of every command that reads documents. */
export const readFlags = ['format', 'include', 'exclude', 'ignored', 'followLinks'] as const;

/** What reads the documents of a command takes. */
export function readOptions({
  flags,
  terminal,
  signal,
}: Pick<Run<never>, 'terminal' | 'signal'> & { readonly flags: Flags<(typeof readFlags)[number]> }): ReadOptions {
  const { format, include, exclude, ignored, followLinks } = flags;
  return { signal, stdin: terminal.stdin, format: format === 'auto' ? undefined : format, include, exclude, ignored, followLinks };
}
