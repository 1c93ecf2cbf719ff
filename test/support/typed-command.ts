import { type CommandSpec, program } from '../../src/cli/command.ts';
import { allCommands } from '../../src/cli/commands.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

const commands = await allCommands();

/** A command in this process: what it printed as JSON. Throws its error. */
export const typedJson = async (words: readonly string[], specs: readonly CommandSpec[] = commands): Promise<unknown> => {
  let printed: unknown;
  const terminal: Terminal = {
    live: false,
    columns: 100,
    stdin: process.stdin,
    write: () => {},
    json: (value) => {
      printed = value;
    },
    wire: () => process.stdout,
    drained: async () => {},
    say: () => {},
    paint: () => {},
    progress: () => {},
  };
  await program(specs, '0', { terminal, signal: new AbortController().signal, env: {}, exit: () => {} }).parseAsync([...words], {
    from: 'user',
  });
  return printed;
};
