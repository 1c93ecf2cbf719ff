/** A question about the sources of this project, which files answer it, and what a snippet of them has to show. */
export interface SourceQuestion {
  readonly text: string;
  readonly files: readonly string[];
  readonly words: RegExp;
}

const question = (text: string, words: RegExp, ...files: readonly string[]): SourceQuestion => ({ text, files, words });

export const sourceQuestions: readonly SourceQuestion[] = [
  question(
    'in which order do results with the same score come',
    /then (by )?(score, then )?id|equal/i,
    'math/order.ts',
    'search/order.ts',
    'math/top-k.ts',
  ),
  question('how is a text split into words for keyword search', /words/i, 'text/analyzer.ts', 'text/words-1.ts'),
  question('where does a long text get cut into passages', /passages?/i, 'text/passages.ts', 'search/embed-passages.ts'),
  question('fuse two lists by their reciprocal ranks', /rrf/i, 'search/fuse.ts'),
  question('make results unlike each other by maximal marginal relevance', /marginal|diversity|likeness/i, 'search/diversify.ts'),
  question('take near-duplicates out of a ranking', /duplicates?/i, 'search/collapse.ts'),
  question('continue a download that broke off', /continu|\.part|offset|start|byte|again/i, 'fetch/download.ts', 'fetch/fetch-file.ts'),
  question(
    'a web page came instead of the file that was asked for',
    /instead|what came|HTML/i,
    'fetch/fetched-content.ts',
    'fetch/fetch-file.ts',
    'fetch/hub.ts',
  ),
  question('guess which option was meant by a misspelt name', /meant|near/i, 'wording/nearest-name.ts', 'wording/check-options.ts'),
  question(
    'wait and ask again when a vendor has a rate limit',
    /retr|limit|wait/i,
    'hosted/retry/requests.ts',
    'hosted/retry/failure.ts',
    'hosted/retry/rate-limiter.ts',
  ),
  question(
    'read the YAML front matter of a Markdown note',
    /front matter|YAML/i,
    'read/front-matter.ts',
    'read/simple-pairs.ts',
    'read/markdown.ts',
  ),
  question('keys of those who may ask the server, kept as a hash', /SHA-?256|keys?/i, 'server/auth/keys.ts'),
  question('only one process at a time holds the lock', /lock/i, 'time/file-lock.ts', 'store/lancedb/index-folder.ts'),
  question('WebAssembly for the similarity of token vectors', /WebAssembly|MaxSim/i, 'math/max-sim.ts', 'math/max-sim-module.ts'),
  question('confidence intervals by the bootstrap', /bootstrap|resample|interval/i, 'eval/significance/bootstrap.ts'),
  question('formula of nDCG', /dcg|gain/i, 'eval/measures/measures.ts', 'eval/measures/measure.ts'),
  question(
    'turn requests away when the server has too many',
    /full|told at once|shed|queue/i,
    'server/load-shedding.ts',
    'server/hooks/admission.ts',
  ),
  question('read rows of CSV with quoted cells', /quot|CSV|cell/i, 'read/csv.ts', 'read/delimited.ts'),
  question('which exit status does an error code have', /exit/i, 'errors.ts'),
  question('stop reranking at the deadline and keep the best so far', /deadline|in time/i, 'rerank/score-in-time.ts', 'rerank/pace.ts'),
];
