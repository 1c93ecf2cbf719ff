import { Command, CommanderError, Option } from 'commander';
import { FinetoothError } from '../errors.ts';
import { nearestName } from '../wording/nearest-name.ts';
import { type OptionName, type OptionSpec, options, rangeOf } from './options.ts';
import type { Terminal } from './terminal.ts';

/** Value that a command gets for an option: the default is filled in, what has none may be absent. */
type ValueOf<O extends OptionSpec> = O['kind'] extends 'flag'
  ? boolean
  : O['kind'] extends 'count' | 'share'
    ? O extends { readonly default: number }
      ? number
      : number | undefined
    : O extends { readonly kind: 'choice'; readonly choices: readonly (infer C)[] }
      ? C | (O extends { readonly default: string } ? never : undefined)
      : O['kind'] extends 'names' | 'many' | 'filter'
        ? readonly string[] | undefined
        : O extends { readonly kind: 'types'; readonly types: readonly (infer T)[] }
          ? Readonly<Record<string, T>> | undefined
          : O extends { readonly default: string }
            ? string
            : string | undefined;
export type Flags<N extends OptionName> = { readonly [K in N]: ValueOf<(typeof options)[K]> };

export interface Run<N extends OptionName> {
  /** Positional arguments in order. */
  readonly given: readonly string[];
  readonly flags: Flags<N>;
  readonly terminal: Terminal;
  /** Raised by Ctrl-C and by a polite kill. */
  readonly signal: AbortSignal;
  readonly env: NodeJS.ProcessEnv;
  /** Sets the exit status of a command that did its work and has bad news. */
  exit(status: number): void;
}

/** What a command gets beside what was typed. */
export type CommandContext = Pick<Run<never>, 'terminal' | 'signal' | 'env' | 'exit'>;

/** A command of the command line. Sub-commands share the first word of their name. */
export interface CommandSpec<N extends OptionName = OptionName> {
  /** One or two words: `index`, `models pull`. */
  readonly name: string;
  readonly about: string;
  /** As in help: `<query>` must be there, `[file]` may, `<ids...>` is one or more. */
  readonly takes: readonly string[];
  readonly options: readonly N[];
  /** Lines that work when typed. */
  readonly examples: readonly string[];
  run(run: Run<N>): Promise<void>;
}

/** Lets the compiler infer which flags a command has. */
export const command = <const N extends OptionName>(spec: CommandSpec<N>): CommandSpec => spec as unknown as CommandSpec;

/** The whole command line. */
export function program(specs: readonly CommandSpec[], version: string, context: CommandContext): Command {
  const { terminal, env } = context;
  const root = new Command('finetooth').description('Two-stage search: embed, retrieve and rerank on your own machine.').version(version);
  root.addHelpText(
    'after',
    '\nExample:\n  $ finetooth demo\n  $ finetooth index movies.json --fields title,overview --into ./movies\n  $ finetooth search "a film about bats" --in ./movies\n',
  );
  const groups = new Map<string, Command>();
  for (const spec of specs) {
    const words = spec.name.split(' ');
    const [first, second] = words as [string, string | undefined];
    let parent = root;
    if (second !== undefined) {
      parent =
        groups.get(first) ??
        root
          .command(first)
          .description(specs.flatMap(({ name }) => (name.startsWith(`${first} `) ? [name.slice(first.length + 1)] : [])).join(', '));
      groups.set(first, parent);
    }
    parent.addCommand(
      build(spec, second ?? first, ({ given, typed }) =>
        spec.run({ ...context, given, flags: valuesOf(spec.options, typed, env) as Flags<OptionName> }),
      ),
    );
  }
  const quiet = (one: Command): void => {
    one.exitOverride().configureOutput({ writeOut: (text) => terminal.write(text), writeErr: () => {} });
    for (const child of one.commands) quiet(child);
  };
  quiet(root);
  return root;
}

/** Turns what the parser throws into our error, or into nothing where it only printed help. */
export function usageErrorOf(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  // Help is also what the parser would print, as an error, where a command is only begun.
  if (error.exitCode === 0) return undefined;
  const said = error.code === 'commander.help' ? 'this command needs another word, such as list or pull' : error.message;
  const sentence = said.replace(/^error: /, '').replaceAll('\n', ' ');
  return new FinetoothError('E_USAGE', `${sentence}${/[.?)]$/.test(sentence) ? '' : '.'} See "finetooth --help".`);
}

function build(spec: CommandSpec, last: string, act: (run: { given: string[]; typed: Record<string, unknown> }) => Promise<void>): Command {
  const built = new Command(last).description(spec.about).allowExcessArguments(false).showSuggestionAfterError(true);
  for (const argument of spec.takes) built.argument(argument);
  const keys = new Map<string, OptionName>();
  for (const name of spec.options) {
    const option: OptionSpec = options[name];
    const flag = new Option(flagText(option), `${option.about} ${rangeOf(option)}`.trim());
    if (option.kind === 'many' || option.kind === 'filter')
      flag.argParser((text: string, before: readonly string[] | undefined) => [
        ...(before ?? []),
        String(parse(option, text, `--${option.name}`)),
      ]);
    else if (option.kind !== 'flag') flag.argParser((text: string) => parse(option, text, `--${option.name}`));
    built.addOption(flag);
    keys.set(flag.attributeName(), name);
  }
  built.addHelpText('after', `\nExample:\n${spec.examples.map((example) => `  $ ${example}`).join('\n')}\n`);
  built.action(async () => {
    // The parser takes `--no-x` for the opposite of a flag `x`, which is true until then.
    const given = (name: string, value: unknown): unknown =>
      options[name as OptionName].name.startsWith('no-') ? (value === false ? true : undefined) : value;
    const typed = Object.fromEntries(
      Object.entries(built.opts()).map(([key, value]) => [keys.get(key) as string, given(keys.get(key) as string, value)]),
    );
    await act({ given: built.processedArgs.flat().filter((value): value is string => typeof value === 'string'), typed });
  });
  return built;
}

/** Flags first, then variables, then defaults. */
function valuesOf(names: readonly OptionName[], typed: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const option: OptionSpec = options[name];
    const variable = option.variable === undefined ? undefined : env[option.variable];
    if (typed[name] !== undefined) values[name] = typed[name];
    else if (variable !== undefined && variable !== '') values[name] = parse(option, variable, option.variable as string);
    else if ('default' in option) values[name] = option.default;
    else values[name] = option.kind === 'flag' ? false : undefined;
  }
  return values;
}

function flagText(option: OptionSpec): string {
  if (option.kind === 'flag') return `--${option.name}`;
  const value =
    option.kind === 'count'
      ? 'N'
      : option.kind === 'share'
        ? '0..1'
        : option.kind === 'choice' || option.kind === 'level'
          ? 'WORD'
          : option.value;
  return `--${option.name} <${value}>`;
}

function parse(option: OptionSpec, text: string, from: string): unknown {
  const wrong = (wanted: string): FinetoothError => new FinetoothError('E_USAGE', `${from} takes ${wanted}; got "${text}".`);
  if (option.kind === 'flag') return !['', '0', 'false', 'no', 'off'].includes(text.toLowerCase());
  if (text === '') throw wrong('a value');
  if (option.kind === 'count') {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < option.least || value > option.most)
      throw wrong(`a whole number from ${option.least} to ${option.most}`);
    return value;
  }
  if (option.kind === 'share') {
    const value = Number(text);
    if (text.trim() === '' || !(value >= 0 && value <= 1)) throw wrong('a number from 0 to 1');
    return value;
  }
  if (option.kind === 'level' && /^\d+$/.test(text)) {
    const value = Number(text);
    if (value >= option.least && value <= option.most) return value;
  }
  if (option.kind === 'choice' || option.kind === 'level') {
    if (option.choices.includes(text)) return text;
    const near = nearestName(text, option.choices);
    const numbers = option.kind === 'level' ? `, or a whole number from ${option.least} to ${option.most}` : '';
    throw wrong(`one of ${option.choices.join(', ')}${numbers}${near === undefined ? '' : ` (did you mean "${near}"?)`}`);
  }
  if (option.kind === 'names') {
    const names = text.split(',').map((name) => name.trim());
    if (names.some((name) => name === '')) throw wrong('names separated by commas');
    return names;
  }
  if (option.kind === 'types') {
    const types = text.split(',').map((part) => /^(.+):(.+)$/s.exec(part.trim())?.slice(1) ?? []);
    if (types.some(([, type]) => type === undefined || !option.types.includes(type)))
      throw wrong(`fields with their types separated by commas, such as year:${option.types[0]} (types: ${option.types.join(', ')})`);
    return Object.fromEntries(types);
  }
  return text;
}
