/** An embedder of your own: here letters are counted. Vectors have length 1; the fingerprint is kept in the index. */
import { type Embedder, openIndex, search } from 'finetooth';
import { memoryStore } from 'finetooth/stores';

const letters: Embedder = {
  fingerprint: 'letters@1',
  dimensions: 26,
  embed: async (texts) => {
    const data = new Float32Array(texts.length * 26);
    texts.forEach((text, row) => {
      const counts = new Float32Array(26).fill(0.01);
      for (const letter of text.toLowerCase()) {
        const at = letter.charCodeAt(0) - 97;
        if (at >= 0 && at < 26) counts[at] = (counts[at] ?? 0) + 1;
      }
      const length = Math.hypot(...counts);
      data.set(
        counts.map((count) => count / length),
        row * 26,
      );
    });
    return { data, dimensions: 26, count: texts.length };
  },
};

const index = await openIndex(memoryStore(), { create: { fields: ['text'] }, embedder: letters });
try {
  await index.add([{ text: 'jazz' }, { text: 'banana' }, { text: 'pizzazz' }]);
  const { results } = await search(index, 'zz', { top: 2, documents: true });
  console.log(results.map(({ document }) => document?.text));
} finally {
  await index.close();
}
