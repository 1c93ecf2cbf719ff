import type { CommandSpec } from './command.ts';
import { deleteCommand } from './commands/delete.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { embedCommand } from './commands/embed.ts';
import { indexCommand } from './commands/index.ts';
import { modelsListCommand, modelsPullCommand, modelsVerifyCommand, modelsWhereCommand } from './commands/models.ts';
import { rerankCommand } from './commands/rerank.ts';
import { searchCommand } from './commands/search.ts';
import { statusCommand } from './commands/status.ts';

/** The order is the one of the help. */
export const commands: readonly CommandSpec[] = [
  demoCommand,
  indexCommand,
  searchCommand,
  rerankCommand,
  embedCommand,
  deleteCommand,
  statusCommand,
  modelsListCommand,
  modelsPullCommand,
  modelsVerifyCommand,
  modelsWhereCommand,
  doctorCommand,
];
