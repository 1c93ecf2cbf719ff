/** A question about the sources of this project, in other words than theirs; which files answer it, and words of the answer. */
export interface SourceQuestion {
  readonly text: string;
  readonly files: readonly string[];
  readonly words: string;
}

export const sourceQuestions: readonly SourceQuestion[] = [
  { text: 'in which order do results with the same score come', files: ['math/order.ts', 'search/order.ts'], words: '' },
  { text: 'how is a text split into words for keyword search', files: ['text/analyzer.ts'], words: 'wordsOf' },
  { text: 'where is a long text cut into passages', files: ['text/passages.ts'], words: 'splitPassages' },
  { text: 'reciprocal rank fusion of two lists', files: ['search/fuse.ts'], words: '' },
  { text: 'make results unlike each other, maximal marginal relevance', files: ['search/diversify.ts'], words: '' },
  { text: 'remove near duplicates with shingles', files: ['search/collapse.ts'], words: '' },
  { text: 'download a file again from where it broke off', files: ['fetch/download.ts', 'fetch/fetch-file.ts'], words: '' },
  { text: 'a captive portal answers with a web page instead of the model', files: ['fetch/fetched-content.ts', 'fetch/fetch-file.ts', 'fetch/hub.ts'], words: '' },
  { text: 'suggest the right spelling of an option that is misspelt', files: ['wording/nearest-name.ts', 'wording/check-options.ts'], words: '' },
  { text: 'wait and try again when a vendor says too many requests', files: ['hosted/retry/attempts.ts', 'hosted/bounded-fetch.ts'], words: '' },
  { text: 'parse the yaml block at the start of a markdown note', files: ['read/front-matter.ts', 'read/simple-pairs.ts', 'read/markdown.ts'], words: '' },
  { text: 'compare an API key with the stored hash', files: ['server/auth/keys.ts', 'server/auth/key-file.ts'], words: '' },
  { text: 'only one process may write to an index at a time', files: ['time/file-lock.ts', 'store/index-folder.ts'], words: '' },
  { text: 'kernel in WebAssembly for the similarity of tokens', files: ['math/max-sim.ts', 'math/max-sim-module.ts'], words: '' },
  { text: 'confidence interval by resampling queries', files: ['eval/significance/bootstrap.ts'], words: '' },
  { text: 'formula of normalised discounted cumulative gain', files: ['eval/measures/measures.ts', 'eval/measures/measure.ts'], words: '' },
  { text: 'drop requests when the server has too much work', files: ['server/load-shedding.ts'], words: '' },
  { text: 'how are rows of CSV with quotes read', files: ['read/csv.ts', 'read/delimited.ts'], words: '' },
  { text: 'which exit status belongs to which error code', files: ['errors.ts'], words: '' },
  { text: 'stop a search when its deadline is over and give the best order so far', files: ['rerank/score-in-time.ts', 'search/search.ts'], words: '' },
];
