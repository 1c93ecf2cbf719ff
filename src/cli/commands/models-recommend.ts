import { recommendModels, type textKinds } from '../../tasks/recommend-models.ts';
import { duration, size } from '../../wording/numbers.ts';
import { command } from '../command.ts';

export const modelsRecommendCommand = command({
  name: 'models recommend',
  about: 'Name a fast, a balanced and the best model for what you search and for this machine.',
  takes: [],
  options: ['languages', 'kind', 'maxMemory', 'measureHere', 'cache', 'models', 'offline', 'json'],
  examples: ['finetooth models recommend --language de', 'finetooth models recommend --kind code --measure-here'],
  run: async ({ flags, terminal, signal }) => {
    const { languages, kind, maxMemory, measureHere, cache, models, offline, json } = flags;
    const report = await recommendModels({
      languages,
      kind: kind as (typeof textKinds)[number] | undefined,
      maxMemory,
      measure: measureHere,
      cacheFolder: cache,
      folder: models,
      offline,
      signal,
    });
    if (json) return terminal.json(report);
    if (report.picks.length === 0)
      terminal.write(`No model of the catalogue reads ${report.languages.join(' and ')} for this within ${report.maxMemory} MB.\n`);
    for (const { pick, task, name, parameters, licence, megabytes, quality, milliseconds, isEstimate } of report.picks) {
      const published =
        quality === undefined ? 'no published figure of one kind' : `${quality.measure} ${quality.value.toFixed(3)} (${quality.set})`;
      const time = milliseconds === undefined ? '' : `, ${isEstimate ? 'an estimated ' : ''}${duration(milliseconds)} for 25 candidates`;
      terminal.write(
        `${task === 'embed' ? 'embedder' : 'reranker'}  ${pick.padEnd(8)}  ${name.padEnd(28)} ${`${parameters}M`.padStart(5)}  ${size(megabytes * 1e6).padStart(7)}  ${licence.padEnd(10)}  ${published}${time}\n`,
      );
    }
    if (report.pairsPerSecond !== undefined)
      terminal.say(
        `Measured here: the bundled reranker reads ${report.pairsPerSecond} pairs of 128 tokens a second; the other times are estimates from sizes, and take weights of 32 bits for half as fast as those of 8.`,
      );
    terminal.say(
      'Take one with "finetooth models pull NAME", then --embedder NAME or --reranker NAME. Models whose licence forbids commerce are left out.',
    );
  },
});
