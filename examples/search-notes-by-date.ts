/** How do I search notes of one year alone? A date in a filter stands for all of its day, month or year; the filter is asked before anything is ranked. */
import { openIndex, search } from 'finetooth';

const index = await openIndex<{ id: string; date: string; text: string }>('memory:', { create: { types: { date: 'date' } } });
try {
  await index.add([
    { id: 'oven', date: '2022-11-02', text: 'The oven was mended: its fan had come loose.' },
    { id: 'boiler', date: '2024-01-15', text: 'Plumber came, the boiler has a new valve.' },
    { id: 'garden', date: '2024-05-20', text: 'Planted beans and two rows of lettuce.' },
    { id: 'washer', date: '2025-02-01', text: 'The washing machine leaks at the door.' },
  ]);
  const { results } = await search(index, 'repairs in the house', { filter: { date: '2024' }, documents: true, top: 1 });
  console.log(results.map(({ id, document }) => `${document.date} ${id}`));

  const since = await search(index, 'repairs in the house', { filter: { date: { gte: '2024-05', lte: '2025-02' } } });
  console.log(since.results.map(({ id }) => id).sort());
} finally {
  await index.close();
}
