import type { CommandSpec } from './command.ts';

/** Commands by the words that call them, each loaded when it is called: whoever searches waits for no evaluation. The order is the one of the help. */
const loaders: Readonly<Record<string, () => Promise<CommandSpec>>> = {
  demo: async () => (await import('./commands/demo.ts')).demoCommand,
  ui: async () => (await import('./commands/ui.ts')).uiCommand,
  index: async () => (await import('./commands/index.ts')).indexCommand,
  search: async () => (await import('./commands/search.ts')).searchCommand,
  rerank: async () => (await import('./commands/rerank.ts')).rerankCommand,
  embed: async () => (await import('./commands/embed.ts')).embedCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  mcp: async () => (await import('./commands/mcp.ts')).mcpCommand,
  key: async () => (await import('./commands/key.ts')).keyCommand,
  eval: async () => (await import('./commands/eval.ts')).evalCommand,
  label: async () => (await import('./commands/label.ts')).labelCommand,
  tune: async () => (await import('./commands/tune.ts')).tuneCommand,
  calibrate: async () => (await import('./commands/calibrate.ts')).calibrateCommand,
  delete: async () => (await import('./commands/delete.ts')).deleteCommand,
  status: async () => (await import('./commands/status.ts')).statusCommand,
  verify: async () => (await import('./commands/verify.ts')).verifyCommand,
  compact: async () => (await import('./commands/compact.ts')).compactCommand,
  backup: async () => (await import('./commands/backup.ts')).backupCommand,
  restore: async () => (await import('./commands/restore.ts')).restoreCommand,
  export: async () => (await import('./commands/export.ts')).exportCommand,
  cache: async () => (await import('./commands/cache.ts')).cacheCommand,
  'models list': async () => (await import('./commands/models.ts')).modelsListCommand,
  'models pull': async () => (await import('./commands/models.ts')).modelsPullCommand,
  'models check': async () => (await import('./commands/models-check.ts')).modelsCheckCommand,
  'models recommend': async () => (await import('./commands/models-recommend.ts')).modelsRecommendCommand,
  'models verify': async () => (await import('./commands/models.ts')).modelsVerifyCommand,
  'models where': async () => (await import('./commands/models.ts')).modelsWhereCommand,
  providers: async () => (await import('./commands/providers.ts')).providersCommand,
  'datasets list': async () => (await import('./commands/datasets.ts')).datasetsListCommand,
  'datasets pull': async () => (await import('./commands/datasets.ts')).datasetsPullCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
};

/** The whole command line. */
export const allCommands = (): Promise<readonly CommandSpec[]> => Promise.all(Object.values(loaders).map((load) => load()));

/** Commands that typed words may call: those that begin with the first word. Where none does, as for help or a misspelt one, all of them. */
export async function commandsFor([first]: readonly string[]): Promise<readonly CommandSpec[]> {
  if (first === '--version' || first === '-V') return [];
  const called = Object.entries(loaders).filter(([name]) => name.split(' ')[0] === first);
  return called.length === 0 ? allCommands() : Promise.all(called.map(([, load]) => load()));
}
