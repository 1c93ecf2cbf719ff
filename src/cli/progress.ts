import type { PrecisionChosen } from '../index.ts';
import type { Progress } from '../types.ts';
import { counted, duration, grouped, size } from '../wording/numbers.ts';
import type { Terminal } from './terminal.ts';

/** Shows how far each piece of a long work is and about how long it will still take. */
export function showProgress(terminal: Pick<Terminal, 'progress'>): (progress: Progress & { readonly what: string }) => void {
  let begun = { what: '', at: 0, from: 0 };
  return ({ what, done, total, unit }) => {
    if (what !== begun.what) begun = { what, at: performance.now(), from: done };
    const rate = (done - begun.from) / (performance.now() - begun.at);
    const left = total === undefined || done - begun.from < 3 ? '' : `, about ${duration((total - done) / rate)} left`;
    terminal.progress(`${what}, ${unit} ${grouped(done)}${total === undefined ? '' : ` of ${grouped(total)}`}${left}`);
  };
}

/** Shows how much of a file has come. */
export const showDownload =
  (terminal: Pick<Terminal, 'progress'>): ((progress: Progress & { readonly file: string }) => void) =>
  ({ file, done, total }) => {
    const isHere = total !== undefined && done >= total;
    terminal.progress(isHere ? '' : `fetching ${file}: ${size(done)}${total === undefined ? '' : ` of ${size(total)}`}`);
  };

/** Says once which form of a model was measured to be the best here, and by how much. */
export const sayPrecision =
  (terminal: Pick<Terminal, 'say'>) =>
  ({ model, precision, milliseconds }: PrecisionChosen): void => {
    const times = Object.entries(milliseconds).map(([form, time]) => `${form} ${time.toFixed(1)} ms`);
    terminal.say(
      `${model}: taking its ${precision} weights, which this processor runs best (a layer in ${times.join(', ')}); remembered. Another with --precision.`,
    );
  };

/** Shows how many are done, and how many per second. */
export function showRate(terminal: Pick<Terminal, 'progress'>, unit: string): (progress: Progress) => void {
  const started = performance.now();
  return ({ done }) => terminal.progress(`${counted(done, unit)}, ${grouped((done * 1000) / (performance.now() - started))} per second`);
}
