import { FinetoothError } from '../errors.ts';
import type { CommandSpec } from './command.ts';
import { runCommand, sayError, sayWarning } from './run-command.ts';
import { streamTerminal } from './terminal.ts';

/** Runs one command in this process, which is its own, and sets the exit status. */
export async function main(argv: readonly string[], specs?: readonly CommandSpec[]): Promise<void> {
  const stopper = new AbortController();
  /** Output that could not be written ends the work; a reader that left, as `head` does, ends it in silence. */
  let output: { readonly error: unknown } | undefined;
  const terminal = streamTerminal(process, (error) => {
    if (output !== undefined) return;
    output = { error };
    stopper.abort(new FinetoothError('E_STOPPED', 'standard output is closed.'));
    if (error !== undefined) process.exitCode = sayError(error, terminal, argv);
  });
  process.removeAllListeners('warning');
  process.on('warning', (warning) => sayWarning(warning, terminal));
  let signals = 0;
  const stop = (name: 'SIGINT' | 'SIGTERM'): void => {
    signals++;
    // The second time at once: the signal's own effect, without waiting for workers.
    if (signals > 1) {
      process.removeAllListeners(name);
      process.kill(process.pid, name);
    }
    stopper.abort(new FinetoothError('E_STOPPED', `stopped by ${name === 'SIGINT' ? 'Ctrl-C' : 'SIGTERM'}.`));
  };
  process.on('SIGINT', () => stop('SIGINT'));
  process.on('SIGTERM', () => stop('SIGTERM'));
  const isCutOff = (): boolean => output !== undefined;
  const status = await runCommand(argv, { terminal, signal: stopper.signal, env: process.env, specs, isCutOff });
  if (status !== 0) process.exitCode = status;
  process.removeAllListeners('SIGINT');
  process.removeAllListeners('SIGTERM');
}
