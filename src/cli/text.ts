import type { Document } from '../types.ts';

/** What a person calls a document: its title or name, else its first words, else its id. */
export function labelOf(id: string, document: Document): string {
  for (const name of ['title', 'name', 'heading', 'text']) {
    const value = document[name];
    if (typeof value === 'string' && value.trim() !== '') return value.slice(0, 300);
  }
  const words = Object.values(document).find((value): value is string => typeof value === 'string' && value.trim() !== '');
  return words?.slice(0, 300) ?? id;
}
