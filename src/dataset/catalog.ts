import type { HubFile } from '../fetch/hub.ts';
import { nearestName } from '../wording/nearest-name.ts';

/** A file of a test collection. */
export interface DatasetFile {
  /** Path inside the collection's folder. */
  readonly path: string;
  /** Hex, lower case. Absent: held to what the hub states, and from the first use on to what was seen then. */
  readonly sha256?: string;
  /** Where it is fetched from; absent for what comes with this package. */
  readonly from?: HubFile;
}

export interface DatasetEntry {
  /** The name that users type, lower case. */
  readonly name: string;
  readonly documents: number;
  /** Judged queries of the test split; the file of queries may hold those of other splits as well. */
  readonly queries: number;
  readonly judgments: number;
  /** SPDX name, as the page of the files' repository states it. */
  readonly licence: string;
  /** What the makers of the original data state, where that is known to be something else: SPDX names or words. */
  readonly originalLicence?: string;
  /** Folder inside this package that holds the files. */
  readonly bundled?: string;
  readonly files: { readonly corpus: DatasetFile; readonly queries: DatasetFile; readonly qrels: DatasetFile };
}

type Counts = Pick<DatasetEntry, 'documents' | 'queries' | 'judgments'>;
interface Known {
  readonly originalLicence?: string;
  readonly sha256?: { readonly corpus?: string; readonly queries?: string; readonly qrels?: string };
}

/**
 * The test collections that are known by name. Documents and queries as BEIR's Table 1 counts them, judgments as ir_datasets does.
 *
 * Revisions: `main` of these repositories holds Parquet instead of JSONL since 2026, so each entry names an earlier commit, or the
 * hub's own reference to a proposed change (`refs/pr/N`) that keeps the files, where only that was known. The repositories' pages say
 * CC-BY-SA-4.0 of the whole benchmark; the makers of some sets say otherwise, and BEIR's Appendix E points to them.
 *
 * Checksums: of the bundled films; and of hub files where at least two unrelated public sources state the same value for that commit
 * (for SciFact's documents one is the hub's page; its judgments were also rebuilt byte for byte), or one source whose other values
 * were confirmed so. No hub could be reached while this was written.
 */
export const datasetCatalog: readonly DatasetEntry[] = [
  {
    name: 'films',
    documents: 350,
    queries: 40,
    judgments: 1_888,
    licence: 'Apache-2.0',
    bundled: 'samples/films',
    files: {
      corpus: { path: 'corpus.jsonl', sha256: 'a670ee5ae51895c9a5bd441c3b2f03099734509ed0e55c9e0a5a75a4f1a640a1' },
      queries: { path: 'queries.jsonl', sha256: '40ee0d7e2bde0333a5a9e6b3c7fa7fc75ce943c73db5edaf0a486b0a60c3f203' },
      qrels: { path: 'qrels/test.tsv', sha256: '4253093899590ad90525c3c74b4248457181ef5718c1122e180f1e2f0af1aa3f' },
    },
  },
  beir(
    'scifact',
    { documents: 5_183, queries: 300, judgments: 339 },
    '984eed826375f18d27936c4a32bf0f8491e3f414',
    '2938d17dc3b09882fdb8c12bbbe2e2dc0e75a029',
    {
      originalLicence: 'CC-BY-4.0 (claims) and ODC-By-1.0 (abstracts)',
      sha256: {
        corpus: '2f4a2a264485e5b5b95ae9cd5534817447757423991a4767d6da811539c0853e',
        queries: 'c29574b9cb8fdf043df8494f689de15f4604ac4b585eb34bda9b6a389aa6c4d3',
        qrels: '0864bb985e0ca2367ba217977e72004d549054b2b06666ed9d4825ac7c21284c',
      },
    },
  ),
  beir(
    'nfcorpus',
    { documents: 3_633, queries: 323, judgments: 12_334 },
    'e28763e68d85db0fa71652ba3c4afabf8c5b3bb7',
    'a451b3b26d3ae1358f259c1a3a4dd61fcea35a65',
  ),
  beir(
    'arguana',
    { documents: 8_674, queries: 1_406, judgments: 1_406 },
    '5b3e3697907184a9b77a3c99ee9ea1a9cbb1e4e3',
    'ae5468c6f1c198109a8af5f0d4dc58bd18b6fea7',
  ),
  beir(
    'scidocs',
    { documents: 25_657, queries: 1_000, judgments: 29_928 },
    '5c59ef3e437a0a9651c8fe6fde943e7dce59fba5',
    '6627c96d49b26efd6444412159f99f013855e68d',
  ),
  beir(
    'fiqa',
    { documents: 57_638, queries: 648, judgments: 1_706 },
    'e31855201132ea2a257d7df77c828d7c02427521',
    '252958f2d646e22cab6d0c72dd3f0d5de6d0655a',
    { originalLicence: 'non-commercial use only' },
  ),
  beir('trec-covid', { documents: 171_332, queries: 50, judgments: 66_336 }, 'refs/pr/3', '532ac68ee6756ac22c9346eebf65bd3c6a042e10', {
    originalLicence: 'for text and data mining, each article under its own terms (CORD-19)',
    sha256: { qrels: '10669ab7d526cb04f52079139fd88c3d467a0776441b046567f540582798982b' },
  }),
  // The second version of the judgments, which BEIR took up in June 2021: https://github.com/beir-cellar/beir/issues/11.
  beir('webis-touche2020', { documents: 382_545, queries: 49, judgments: 2_214 }, '527b7d77e16e343303e68cb6af11d6e18b9f7b3b', 'refs/pr/1', {
    originalLicence: 'CC-BY-4.0',
  }),
  beir(
    'quora',
    { documents: 522_931, queries: 10_000, judgments: 15_675 },
    '6205996560df11e3a3da9ab4f926788fc30a7db4',
    '4426022673e5bb2183cd948ea52f669123fa432b',
  ),
  beir(
    'nq',
    { documents: 2_681_468, queries: 3_452, judgments: 4_201 },
    'ed7edb11ab8c173ff4394c30ff266c7297904b24',
    '519acd4e48bb3e5da22b2b888ce36c614f4f2bc9',
    { originalLicence: 'CC-BY-SA-3.0', sha256: { qrels: '6df0cd2cbbe88504b64c68f21e946a759b62c4d864225720cec256f0196e2210' } },
  ),
  beir(
    'dbpedia-entity',
    { documents: 4_635_922, queries: 400, judgments: 43_515 },
    'f097057d03ed98220bc7309ddb10b71a54d667d6',
    'c81f61ac54bbd5f162f9dc6ad36e236e2aeb8d82',
    { originalLicence: 'CC-BY-SA-3.0' },
  ),
  beir(
    'hotpotqa',
    { documents: 5_233_329, queries: 7_405, judgments: 14_810 },
    'd01a1664af564332aeb82454911d50f83a8a05ee',
    '1fddb0dd8bebbbdc8bf8df0e16aff3e7b9af6777',
  ),
  beir('fever', { documents: 5_416_568, queries: 6_666, judgments: 7_937 }, 'refs/pr/1', '8933b506014e3d04293ca58f3e20da1c75401617'),
  beir(
    'climate-fever',
    { documents: 5_416_593, queries: 1_535, judgments: 4_681 },
    'refs/pr/1',
    'ea77bad3e6e765539d791b994fb4cc4c73e1dbe6',
  ),
  // The test split is TREC's Deep Learning track of 2019. BEIR's own figures are of the development split, 6,980 queries.
  beir(
    'msmarco',
    { documents: 8_841_823, queries: 43, judgments: 9_260 },
    'e6838a846e2408f22cf5cc337ebc83e0bcf77849',
    '253fbf8a3f8d4a0932b63882b5162bedc84779f5',
    { originalLicence: 'non-commercial research only' },
  ),
];

/** Case does not count. */
export const findDataset = (name: string): DatasetEntry | undefined => datasetCatalog.find((entry) => entry.name === name.toLowerCase());

/** The name, of the catalog or one of `more`, that was most likely meant. */
export const nearestDataset = (name: string, more: readonly string[] = []): string | undefined =>
  nearestName(name, [...datasetCatalog.map((entry) => entry.name), ...more]);

/**
 * A set of BEIR (Thakur et al. 2021, https://openreview.net/forum?id=wCu6T5xFjeJ) on the hub: documents and queries in `BeIR/NAME`
 * at `revision`, judgments in `BeIR/NAME-qrels` at `qrelsRevision`.
 */
function beir(name: string, counts: Counts, revision: string, qrelsRevision: string, known: Known = {}): DatasetEntry {
  const { sha256 = {}, ...more } = known;
  const file = (path: string, from: Omit<HubFile, 'kind'>, hash: string | undefined): DatasetFile => ({
    path,
    from: { kind: 'dataset', ...from },
    ...(hash !== undefined && { sha256: hash }),
  });
  const repository = `BeIR/${name}`;
  return {
    name,
    ...counts,
    licence: 'CC-BY-SA-4.0',
    ...more,
    files: {
      corpus: file('corpus.jsonl.gz', { repository, revision, path: 'corpus.jsonl.gz' }, sha256.corpus),
      queries: file('queries.jsonl.gz', { repository, revision, path: 'queries.jsonl.gz' }, sha256.queries),
      qrels: file('qrels/test.tsv', { repository: `${repository}-qrels`, revision: qrelsRevision, path: 'test.tsv' }, sha256.qrels),
    },
  };
}
