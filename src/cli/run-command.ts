import { FinetoothError, messageOf } from '../errors.ts';
import { packageVersion } from '../wording/package-version.ts';
import { type CommandContext, type CommandSpec, program, usageErrorOf } from './command.ts';
import { commandsFor } from './commands.ts';
import { billLine } from './provenance-lines.ts';
import { jsonLine, type Terminal } from './terminal.ts';
import { commandWording } from './wording.ts';

/** Characters of an error that are shown. */
const LONGEST = 20_000;

export interface CommandOptions extends Omit<CommandContext, 'exit'> {
  readonly specs?: readonly CommandSpec[];
  /** Whether its output cannot be written any more: what fails then has been said. */
  readonly isCutOff?: () => boolean;
}

/** Runs one command of the command line, and says its error. Resolves to the exit status: 0, or the one of errors.ts. */
export async function runCommand(argv: readonly string[], options: CommandOptions): Promise<number> {
  const { terminal, isCutOff = () => false } = options;
  let status = 0;
  const exit = (given: number): void => {
    status = given;
  };
  try {
    const specs = options.specs ?? (await commandsFor(argv));
    const root = program(specs, packageVersion(), { ...options, exit });
    if (argv.length === 0) terminal.write(root.helpInformation());
    else await root.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    const error = usageErrorOf(thrown);
    if (error !== undefined && !isCutOff()) status = sayError(error, terminal, argv);
  }
  return status;
}

/** Says what went wrong, as JSON where that was asked for. Returns the exit status. */
export function sayError(error: unknown, terminal: Terminal, argv: readonly string[]): number {
  terminal.progress('');
  const known = error instanceof FinetoothError ? error : undefined;
  const message = shortened(messageOf(error, commandWording));
  const sentence = known === undefined ? `this is a mistake of finetooth, not of yours: ${message}` : message;
  const isJson = argv.includes('--json');
  if (isJson) terminal.say(jsonLine({ error: { code: known?.code ?? 'E_BUG', message: sentence, usage: known?.usage } }));
  // One line and indented ones, where a place is shown: an id with a line end of its own must not look like a second error.
  else terminal.say(`${known?.code ?? 'E_BUG'}: ${sentence.replaceAll(/[\r\n]+(?! {2})/g, ' ')}`);
  if (!isJson && known?.usage?.requests !== undefined) terminal.say(billLine(known.usage));
  if (known === undefined && error instanceof Error && error.stack !== undefined) terminal.say(error.stack);
  return known?.exit ?? 1;
}

/** A sentence may quote what somebody else wrote, of any length. */
const shortened = (message: string): string => (message.length > LONGEST ? `${message.slice(0, LONGEST)}…` : message);

/** Says a warning of this process. Those of ours are sentences for people, which Node would put behind its process id and the word Warning. */
export function sayWarning(warning: Error & { readonly code?: string }, terminal: Terminal): void {
  if (warning.code?.startsWith('FINETOOTH_')) terminal.say(`note: ${warning.message}`);
  else terminal.say(`${warning.name}: ${warning.message}`);
}
