/** Ranks objects of a type of your own, and gets them back as such. */
import { rerank } from 'finetooth';

type Movie = { title: string; overview: string; year?: number };
const movies: Movie[] = [
  { title: 'Jaws', overview: 'A shark at a beach.', year: 1975 },
  { title: 'Chicken Run', overview: 'Hens flee from a farm.' },
];
const { results } = await rerank('birds that flee', movies, { fields: ['title', 'overview'] });
for (const { index, document } of results) console.log(index, document.title, document.year ?? 'some year');
