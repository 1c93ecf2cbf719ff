import type { Progress } from '../types.ts';
import { duration, grouped } from '../wording/numbers.ts';
import type { Terminal } from './terminal.ts';

/** Shows how far each piece of a long work is and about how long it will still take. */
export const showProgress = (terminal: Pick<Terminal, 'progress'>): ((progress: Progress & { readonly what: string }) => void) => {
  let begun = { what: '', at: 0, from: 0 };
  return ({ what, done, total, unit }) => {
    if (what !== begun.what) begun = { what, at: performance.now(), from: done };
    const rate = (done - begun.from) / (performance.now() - begun.at);
    const left = total === undefined || done - begun.from < 3 ? '' : `, about ${duration((total - done) / rate)} left`;
    terminal.progress(`${what}, ${unit} ${grouped(done)}${total === undefined ? '' : ` of ${grouped(total)}`}${left}`);
  };
};
