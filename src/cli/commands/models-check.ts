import { FinetoothError } from '../../errors.ts';
import { checkModel } from '../../tasks/check-model.ts';
import { counted } from '../../wording/numbers.ts';
import { command } from '../command.ts';
import { sayPrecision, showDownload } from '../progress.ts';

const SHOWN = 44;
const shortened = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text).replaceAll(/\s+/g, ' ');

export const modelsCheckCommand = command({
  name: 'models check',
  about: "Run the examples that a reranker's own files hold, and compare its scores with those that they state.",
  takes: ['<name>'],
  options: ['cache', 'models', 'offline', 'precision', 'json'],
  examples: ['finetooth models check ms-marco-minilm-l-12-v2', 'finetooth models check ./my-reranker'],
  run: async ({ given, flags, terminal, signal }) => {
    const { cache, models, offline, precision, json } = flags;
    const name = given[0] as string;
    const checked = await checkModel(name, {
      ...{ cacheFolder: cache, folder: models, offline, precision, signal },
      onPrecision: sayPrecision(terminal),
      onProgress: showDownload(terminal),
    });
    terminal.progress('');
    if (json) terminal.json(checked);
    else {
      for (const { query, document, stated, given: score, agrees } of checked.examples)
        terminal.write(
          `${agrees ? 'agrees ' : 'differs'} ${score.toFixed(3).padStart(9)} for ${stated.toFixed(3).padStart(9)}  ${shortened(query)} | ${shortened(document)}\n`,
        );
      terminal.say(`Scores agree within ${checked.tolerance} (${checked.precision} weights).`);
    }
    const wrong = checked.examples.filter(({ agrees }) => !agrees);
    if (wrong.length === 0 && checked.sameOrder) return;
    const order = checked.sameOrder ? 'their order is the same' : 'their order is another';
    const advice =
      'It is run in another way than its authors run it, or its files are others: state "scoring" in a finetooth.json beside it (docs/models.md).';
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${counted(wrong.length, 'score')} of ${checked.examples.length} of ${name} differ from what its files state, and ${order}. ${advice}`,
    );
  },
});
