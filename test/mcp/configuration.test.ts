import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { command, program } from '../../src/cli/command.ts';
import { commandsFor } from '../../src/cli/commands.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

interface Configured {
  readonly command: string;
  readonly args: readonly string[];
}

/** Where each agent looks, what it calls servers there, and which of its own words an entry may have. */
const agents: readonly (readonly [file: string, key: string, words: readonly string[]])[] = [
  ['.mcp.json', 'mcpServers', []],
  ['claude_desktop_config.json', 'mcpServers', []],
  ['.cursor/mcp.json', 'mcpServers', []],
  ['.gemini/settings.json', 'mcpServers', ['timeout']],
  ['.vscode/mcp.json', 'servers', ['type']],
  ['`settings.json', 'context_servers', ['env']],
  ['.codex/config.toml', 'mcp_servers', ['startup_timeout_sec']],
];

const page = readFileSync(join(import.meta.dirname, '../../docs/mcp.md'), 'utf8');
/** Blocks with the sentence before each, which names the files. */
const blocks = [...page.matchAll(/^(In `[^\n]*)\n```(json|toml)\n(.*?)```/gms)].map(([, names = '', form, text = '']) => ({
  names,
  read: (form === 'toml' ? parse(text) : JSON.parse(text)) as Readonly<Record<string, Readonly<Record<string, Configured>>>>,
}));

const silent: Terminal = {
  live: false,
  columns: 100,
  stdin: process.stdin,
  write: () => {},
  json: () => {},
  wire: () => process.stdout,
  drained: async () => {},
  say: () => {},
  paint: () => {},
  progress: () => {},
};

describe('the configuration of agents in docs/mcp.md', () => {
  it.each(agents)('%s starts the server', async (file, key, words) => {
    const block = blocks.find(({ names }) => names.includes(`${file}\``));
    expect(Object.keys(block?.read ?? {})).toEqual([key]);
    const entry = block?.read[key]?.notes as Configured;
    expect(Object.keys(entry).filter((word) => !['command', 'args', ...words].includes(word))).toEqual([]);
    expect([entry.command, ...entry.args.slice(0, 2)]).toEqual(['npx', '-y', 'finetooth']);
    let started: unknown;
    const specs = (await commandsFor(['mcp'])).map((spec) => command({ ...spec, run: async ({ flags }) => void (started = flags) }));
    await program(specs, '0', { terminal: silent, signal: new AbortController().signal, env: {}, exit: () => {} }).parseAsync(
      [...entry.args.slice(2)],
      { from: 'user' },
    );
    expect(started).toMatchObject({ in: [entry.args.at(-1)], http: false });
    // Agents start servers in folders of their own.
    expect(entry.args.at(-1)).toMatch(/^(\/|\$\{workspaceFolder\})/);
  });

  it('has no block that is not tried here', () => {
    expect(blocks.filter(({ names }) => !agents.some(([file]) => names.includes(`${file}\``))).map(({ names }) => names)).toEqual([]);
    expect([...page.matchAll(/^```(json|toml)$/gm)]).toHaveLength(blocks.length);
  });
});
