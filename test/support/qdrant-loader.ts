import { qdrantStore } from '../../src/store/qdrant/qdrant.ts';
import { versionOf } from './versioned-documents.ts';

/** A process that loads a version of documents into an index until it is killed, and says of each batch that it was acknowledged. */
const [url = '', name = '', version = '1'] = process.argv.slice(2);
const store = qdrantStore({ url: url.split(','), name });
for (let at = 0; ; at += 20) {
  await store.upsert(Array.from({ length: 20 }, (_, i) => versionOf((at + i) % 400, Number(version))));
  process.stdout.write(`${at}\n`);
}
