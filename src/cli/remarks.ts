import type { AddReport } from '../index.ts';
import { counted } from '../wording/numbers.ts';
import { failuresLeftOut } from '../wording/read-notes.ts';
import { harmless } from '../wording/terminal-text.ts';
import type { Terminal } from './terminal.ts';

/** What a user should know about the documents but need not act on. */
export function remarks(report: AddReport, terminal: Terminal): void {
  if (report.reused !== undefined)
    terminal.say(
      `note: ${counted(report.reused, 'document')} ${report.reused === 1 ? 'was' : 'were'} not embedded: ${report.reused === 1 ? 'its' : 'their'} vectors were there.`,
    );
  if (report.withoutText > 0)
    terminal.say(`note: ${counted(report.withoutText, 'document')} had no text in those fields; they are stored with an empty text.`);
  if (report.cutDocuments > 0) {
    const one = report.cutDocuments === 1;
    terminal.say(
      `note: ${counted(report.cutDocuments, 'document')} ${one ? 'was' : 'were'} longer than the model's window; ${counted(report.cutTokens, 'token')} at ${one ? 'its end was' : 'their ends were'} not read.`,
    );
  }
  failures(report.skipped, terminal);
  for (const note of report.notes ?? []) terminal.say(`note: ${harmless(note)}.`);
}

export function failures(skipped: AddReport['skipped'], terminal: Terminal): void {
  if (skipped === undefined) return;
  for (const { message } of skipped.first) terminal.say(`left out: ${harmless(message)}`);
  terminal.say(`note: ${failuresLeftOut(skipped.count)}; --strict makes the first one an error.`);
}
