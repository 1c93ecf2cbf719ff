/**
 * What is known of a model that a vendor sells: one row per model, beside the vendor. Prices, limits, dimensions, `finetooth providers` and the names
 * that the server knows all come from these rows.
 */

export type Task = 'rerank' | 'embed';

/** What one request may hold. Absent: no limit is known. */
export interface Limits {
  /** Documents or texts. */
  readonly documents?: number;
  /** Tokens of one document beside the query. */
  readonly tokensEach?: number;
  /** Tokens of the whole request; the query counts once per document. */
  readonly tokens?: number;
  /** Bytes of all texts of the request. */
  readonly bytes?: number;
  /** Requests at the same time, 1 and up. */
  readonly concurrency?: number;
  /** Requests that begin within a minute, 1 and up. */
  readonly requestsPerMinute?: number;
}

/** US dollars. */
export interface Price {
  /** Per million tokens of input. */
  readonly tokens?: number;
  /** Per million tokens that a language model writes. */
  readonly written?: number;
  /** Per thousand searches, each a query with up to 100 documents of up to 500 tokens. */
  readonly searches?: number;
  /** Where it was read, and when. */
  readonly source: string;
  readonly seen: string;
}

export interface VendorModel {
  /** As the vendor writes it. */
  readonly name: string;
  readonly task: Task;
  /** The same model's names elsewhere: on a hub, at another cloud. */
  readonly alsoKnownAs?: readonly string[];
  /** Numbers in a vector. @default not known */
  readonly dimensions?: number;
  /** Where they differ from the vendor's. */
  readonly limits?: Limits;
  /** As it was read, often at second hand: prices change, and many contracts have others. @default the vendor's, else not known */
  readonly price?: Price;
  /** Whether the scores depend on the other documents of the request. @default false */
  readonly readsList?: boolean;
  /** Goes before a query, as the model's card asks. */
  readonly queryPrompt?: string;
  /** Fields of the vendor's usual request that this model does not take. */
  readonly without?: readonly string[];
  /** What the vendor runs under this name since when, where that is another model: part of the fingerprint, as the scores are others. */
  readonly servedBy?: { readonly name: string; readonly since: string };
  /** A name that clients send, and no more: the model is withdrawn, or has an API that is not spoken here. @default false */
  readonly nameOnly?: boolean;
  /** Where name, limits and dimensions were read, and when. */
  readonly source: string;
  /** Year and month, or the day. */
  readonly date: string;
}

/** A vendor, as far as its models are concerned. */
interface Seller {
  readonly models: readonly VendorModel[];
  readonly price?: Price;
  readonly rerank?: { readonly limits: Limits };
  readonly embed?: { readonly limits: Limits };
}

/** What holds for a model: of its row, and where that is silent, or there is none, of its vendor. */
export interface KnownModel {
  readonly row: VendorModel | undefined;
  readonly limits: Limits;
  readonly dimensions: number | undefined;
  readonly price: Price | undefined;
  readonly readsList: boolean;
  readonly servedBy?: VendorModel['servedBy'];
}

/** The price of whatever runs on a machine of one's own. */
export const free: Price = { tokens: 0, written: 0, searches: 0, source: 'runs on a machine of your own', seen: '2026-11-23' };

/** By any of its names, whatever their case. A model without a row has its vendor's limits. */
export function knownModel(vendor: Seller, task: Task, name: string): KnownModel {
  const row = vendor.models.find((one) => one.task === task && namesOf(one).includes(name.toLowerCase()));
  return {
    row,
    limits: { ...vendor[task]?.limits, ...row?.limits },
    dimensions: row?.dimensions,
    price: row?.price ?? vendor.price,
    readsList: row?.readsList ?? false,
    servedBy: row?.servedBy,
  };
}

/** Every name of a model, in lowercase. */
export function namesOf({ name, alsoKnownAs = [] }: VendorModel): readonly string[] {
  return [name, ...alsoKnownAs].map((one) => one.toLowerCase());
}
