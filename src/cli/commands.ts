import type { CommandSpec } from './command.ts';
import { backupCommand } from './commands/backup.ts';
import { calibrateCommand } from './commands/calibrate.ts';
import { compactCommand } from './commands/compact.ts';
import { datasetsListCommand, datasetsPullCommand } from './commands/datasets.ts';
import { deleteCommand } from './commands/delete.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { embedCommand } from './commands/embed.ts';
import { evalCommand } from './commands/eval.ts';
import { exportCommand } from './commands/export.ts';
import { indexCommand } from './commands/index.ts';
import { keyCommand } from './commands/key.ts';
import { labelCommand } from './commands/label.ts';
import { mcpCommand } from './commands/mcp.ts';
import { modelsListCommand, modelsPullCommand, modelsVerifyCommand, modelsWhereCommand } from './commands/models.ts';
import { modelsCheckCommand } from './commands/models-check.ts';
import { modelsRecommendCommand } from './commands/models-recommend.ts';
import { providersCommand } from './commands/providers.ts';
import { rerankCommand } from './commands/rerank.ts';
import { restoreCommand } from './commands/restore.ts';
import { searchCommand } from './commands/search.ts';
import { serveCommand } from './commands/serve.ts';
import { statusCommand } from './commands/status.ts';
import { tuneCommand } from './commands/tune.ts';
import { uiCommand } from './commands/ui.ts';
import { verifyCommand } from './commands/verify.ts';

/** The order is the one of the help. */
export const commands: readonly CommandSpec[] = [
  demoCommand,
  uiCommand,
  indexCommand,
  searchCommand,
  rerankCommand,
  embedCommand,
  serveCommand,
  mcpCommand,
  keyCommand,
  evalCommand,
  labelCommand,
  tuneCommand,
  calibrateCommand,
  deleteCommand,
  statusCommand,
  verifyCommand,
  compactCommand,
  backupCommand,
  restoreCommand,
  exportCommand,
  modelsListCommand,
  modelsPullCommand,
  modelsCheckCommand,
  modelsRecommendCommand,
  modelsVerifyCommand,
  modelsWhereCommand,
  providersCommand,
  datasetsListCommand,
  datasetsPullCommand,
  doctorCommand,
];
