import { FinetoothError } from '../../errors.ts';
import { type ListedModel, listModels, modelsFolder, pullModel, verifyModels } from '../../tasks/models.ts';
import { counted, size } from '../../wording/numbers.ts';
import { command, type Flags } from '../command.ts';
import { sayPrecision, showDownload } from '../progress.ts';

/** The same places for all four commands. */
const places = ({ cache, models }: Partial<Flags<'cache' | 'models'>>) => ({
  cacheFolder: cache,
  folder: models,
});

const figureOf = ({ scores }: ListedModel, part: string): string => scores.find(({ set }) => set.includes(part))?.value.toFixed(3) ?? '';

export const modelsListCommand = command({
  name: 'models list',
  about: 'List the models that are known by name and those on this machine.',
  takes: [],
  options: ['cache', 'models', 'json'],
  examples: ['finetooth models list'],
  run: async ({ flags, terminal, signal }) => {
    const found = await listModels({ ...places(flags), signal });
    if (flags.json) return terminal.json({ models: found });
    const width = Math.max(...found.map(({ name }) => name.length));
    const widths = [width, 8, -7, -6, -5, -6, 5, -7, -8, 12, 0];
    const row = (cells: readonly string[]): string =>
      `${cells
        .map((cell, i) => ((widths[i] ?? 0) < 0 ? cell.padStart(-(widths[i] as number)) : cell.padEnd(widths[i] ?? 0)))
        .join('  ')
        .trimEnd()}\n`;
    terminal.write(row(['model', 'where', 'size', 'params', 'dims', 'tokens', 'form', 'SciFact', 'reranked', 'licence', 'languages']));
    for (const model of found) {
      const languages = model.languages.join(' ');
      terminal.write(
        row([
          model.name,
          model.source,
          model.bytes === undefined ? '' : size(model.bytes),
          `${model.parameters}M`,
          model.dimensions === undefined ? (model.kind === 'sparse-encoder' ? 'weights' : 'pairs') : String(model.dimensions),
          String(model.maxTokens),
          model.precision,
          figureOf(model, 'SciFact'),
          figureOf(model, 'reranked'),
          model.licence,
          model.better === undefined ? languages : `${languages} (better and no larger: ${model.better})`,
        ]),
      );
    }
    terminal.say(
      'SciFact and reranked: published nDCG@10 of the fp32 weights; reranked: mean of MTEB(eng, v2) retrieval, where bge-small-en-v1.5 alone has .515. "finetooth models recommend" chooses. Any other repository with an ONNX file works as owner/name, any folder as ./folder.',
    );
  },
});

export const modelsPullCommand = command({
  name: 'models pull',
  about: 'Fetch a model into the cache, or check that it is there.',
  takes: ['<name>'],
  options: ['cache', 'offline', 'precision', 'json'],
  examples: [
    'finetooth models pull all-MiniLM-L6-v2',
    'finetooth models pull Xenova/bge-base-en-v1.5 --precision q4',
    'finetooth models pull Snowflake/snowflake-arctic-embed-m',
  ],
  run: async ({ given, flags, terminal, signal }) => {
    const files = await pullModel(given[0] as string, {
      ...places(flags),
      offline: flags.offline,
      signal,
      precision: flags.precision,
      onPrecision: sayPrecision(terminal),
      onProgress: showDownload(terminal),
    });
    terminal.progress('');
    const { entry, source, sha256, modelPath } = files;
    if (flags.json) terminal.json({ name: entry.name, source, precision: entry.precision, sha256, modelPath });
    else terminal.write(`${entry.name} is here (from ${source}, ${entry.precision}), sha256 ${sha256}\n${modelPath}\n`);
  },
});

export const modelsVerifyCommand = command({
  name: 'models verify',
  about: 'Hash the files of every model on this machine and compare.',
  takes: [],
  options: ['cache', 'models', 'json'],
  examples: ['finetooth models verify'],
  run: async ({ flags, terminal, signal }) => {
    const found = await verifyModels({ ...places(flags), signal });
    if (flags.json) terminal.json({ models: found });
    else
      for (const { name, status, source, reason } of found)
        terminal.write(`${status.padEnd(8)} ${name} (${source})${reason === undefined ? '' : `: ${reason}`}\n`);
    const wrong = found.filter(({ status }) => status !== 'ok');
    if (wrong.length > 0)
      throw new FinetoothError(
        'E_MODEL_CHANGED',
        `${counted(wrong.length, 'model')} of ${found.length} ${wrong.length === 1 ? 'is' : 'are'} not as they should be: ${wrong.map(({ name }) => name).join(', ')}.`,
      );
  },
});

export const modelsWhereCommand = command({
  name: 'models where',
  about: 'Print the folder that holds downloaded models.',
  takes: [],
  options: ['cache', 'json'],
  examples: ['finetooth models where'],
  run: async ({ flags, terminal }) => {
    const folder = modelsFolder(places(flags));
    if (flags.json) terminal.json({ folder });
    else terminal.write(`${folder}\n`);
  },
});
