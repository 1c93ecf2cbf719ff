/** Searches a folder of Markdown; `year` is of the front matter. A second run embeds what changed alone. */
import { openIndex, readDocuments, search } from 'finetooth';

const index = await openIndex<{ path: string; title: string }>('./notes-index', { create: true });
await index.addRead(readDocuments('./notes'));
const { results } = await search(index, 'medicine for the dog', { filter: 'year >= 2020', documents: true });
for (const { document } of results) console.log(document.path, document.title);
await index.close();
