import { openIndex } from '../../assemble/open-index.ts';
import { shownName } from '../../assemble/store.ts';
import { type Manifest, typesIn } from '../../stores.ts';
import { analyzerVersion } from '../../text/analyzer.ts';
import { counted, grouped, size } from '../../wording/numbers.ts';
import { harmless } from '../../wording/terminal-text.ts';
import { command } from '../command.ts';
import { theIndex } from '../index-flag.ts';

export const statusCommand = command({
  name: 'status',
  about: 'Tell what an index holds and what it was made with.',
  takes: [],
  options: ['in', 'json'],
  examples: ['finetooth status --in ./movies'],
  run: async ({ flags, terminal }) => {
    const where = theIndex(flags.in, 'status');
    const folder = shownName(where);
    await using index = await openIndex(where, { embedder: null });
    const status = await index.status();
    const manifest = index.manifest() as Manifest;
    if (flags.json) return terminal.json({ in: folder, ...status, ...manifest });
    const types = Object.entries(typesIn(manifest));
    const rows: readonly (readonly [string, string])[] = [
      ['documents', grouped(status.documents)],
      ['passages', status.passages === undefined ? wholeDocuments(manifest, folder) : grouped(status.passages)],
      ['model', `${manifest.embedder.split(':')[0]} (${manifest.dimensions} numbers per vector)`],
      ...(manifest.sparse === undefined ? [] : [['sparse', `${manifest.sparse.embedder.split(':')[0]}, weights of tokens`] as const]),
      ...promptRows(manifest),
      ['text from', manifest.fields.join(', ')],
      ...(typeof manifest.titleField === 'string' ? [['title', `${harmless(manifest.titleField)}, scored by itself too`] as const] : []),
      ['ids from', manifest.idField ?? 'the content'],
      ['words', wordsIn(manifest, folder)],
      ...(types.length === 0 ? [] : [['types', types.map(([field, type]) => `${harmless(field)}:${type}`).join(', ')] as const]),
      ...Object.entries(status.unreadable ?? {}).map(
        ([field, count]) =>
          ['', `${counted(count, 'document')} with a value in ${harmless(field)} that is no ${manifest.filterable?.[field]}`] as const,
      ),
      ['on disk', size(status.bytes)],
      ['made', manifest.createdAt],
      ['last change', status.changedAt ?? 'never'],
    ];
    terminal.write(rows.map(([name, value]) => `${name.padEnd(12)} ${value}\n`).join(''));
  },
});

/** Prompts of the model that were chosen by name. */
function promptRows({ form = {} }: Manifest): readonly (readonly [string, string])[] {
  const { queryPrompt: query, documentPrompt: document } = form;
  const said = [
    ...(query === undefined ? [] : [`${query} before queries`]),
    ...(document === undefined ? [] : [`${document} before documents`]),
  ];
  return said.length === 0 ? [] : [['prompts', harmless(said.join(', '))]];
}

/** "words-2, stemmed in de, fr by the field lang" */
function wordsIn({ analyzer, languages = ['en'], languageField }: Manifest, folder: string): string {
  if (analyzer !== analyzerVersion)
    return `${analyzer}, an earlier analysis; for that of this version: finetooth index ${folder} --into ${folder} --rebuild`;
  const by = languageField === undefined ? (languages.length > 1 ? ', by detection' : '') : `, by the field ${harmless(languageField)}`;
  return `${analyzer}, ${languages.length === 0 ? 'not stemmed' : `stemmed in ${languages.join(', ')}`}${by}`;
}

function wholeDocuments({ format }: Manifest, folder: string): string {
  if (format >= 5) return 'off: one for each document';
  return `one for each document, of a long text its beginning; for more: finetooth index SOURCE --into ${folder} --rebuild`;
}
