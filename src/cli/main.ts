import { FinetoothError, messageOf } from '../errors.ts';
import { packageVersion } from '../wording/package-version.ts';
import { type CommandSpec, program, usageErrorOf } from './command.ts';
import { commands } from './commands.ts';
import { jsonLine, type Streams, streamTerminal } from './terminal.ts';
import { commandWording } from './wording.ts';

/** Runs one command and sets the exit status: 0, or the one of errors.ts. */
export async function main(argv: readonly string[], specs: readonly CommandSpec[] = commands, streams: Streams = process): Promise<void> {
  const stopper = new AbortController();
  const asJson = argv.includes('--json');
  const report = (error: unknown): void => {
    terminal.progress('');
    const known = error instanceof FinetoothError ? error : undefined;
    process.exitCode = known?.exit ?? 1;
    const message = messageOf(error, commandWording);
    const sentence = known === undefined ? `this is a mistake of finetooth, not of yours: ${message}` : message;
    if (asJson) terminal.say(jsonLine({ error: { code: known?.code ?? 'E_BUG', message: sentence } }));
    // One line and indented ones, where a place is shown: an id with a line end of its own must not look like a second error.
    else terminal.say(`${known?.code ?? 'E_BUG'}: ${sentence.replaceAll(/[\r\n]+(?! {2})/g, ' ')}`);
    if (known === undefined && error instanceof Error && error.stack !== undefined) terminal.say(error.stack);
  };
  /** Output that could not be written ends the work; a reader that left, as `head` does, ends it in silence. */
  let output: { readonly error: unknown } | undefined;
  const terminal = streamTerminal(streams, (error) => {
    if (output !== undefined) return;
    output = { error };
    stopper.abort(new FinetoothError('E_STOPPED', 'standard output is closed.'));
    if (error !== undefined) report(error);
  });
  // Warnings of ours are sentences for people, which Node would put behind its process id and the word Warning.
  process.removeAllListeners('warning');
  process.on('warning', (warning: Error & { readonly code?: string }) => {
    if (warning.code?.startsWith('FINETOOTH_')) terminal.say(`note: ${warning.message}`);
    else terminal.say(`${warning.name}: ${warning.message}`);
  });
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
  try {
    const root = program(specs, packageVersion(), { terminal, signal: stopper.signal, env: streams.env });
    if (argv.length === 0) return terminal.write(root.helpInformation());
    await root.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    const error = usageErrorOf(thrown);
    if (error !== undefined && output === undefined) report(error);
  }
  process.removeAllListeners('SIGINT');
  process.removeAllListeners('SIGTERM');
}
