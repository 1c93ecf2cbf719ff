import { askJson } from '../api/client.ts';
import type { AddedFilesAnswer } from '../api/generated.ts';
import { askLines } from '../api/streams.ts';
import type { Picked } from './picked.ts';

export interface Failure {
  readonly path: string;
  readonly message: string;
}

/** What has happened so far to the files of an upload. */
export interface Sent {
  /** Documents that are safe. */
  readonly documents: number;
  /** Files that are done, failed ones included, in the order in which they are sent. */
  readonly files: number;
  readonly failed: readonly Failure[];
  readonly notes: readonly string[];
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly removed: number;
}

export const nothingSent: Sent = { documents: 0, files: 0, failed: [], notes: [], added: 0, changed: 0, unchanged: 0, removed: 0 };

export interface NewIndex {
  readonly name: string;
  readonly fields: readonly string[];
  readonly types: Readonly<Record<string, string>>;
}

type Line =
  | { readonly acknowledged: number; readonly files?: number; readonly failed?: undefined; readonly report?: undefined }
  | { readonly failed: Failure; readonly acknowledged?: undefined; readonly report?: undefined }
  | { readonly report: AddedFilesAnswer; readonly acknowledged?: undefined; readonly failed?: undefined };

/** Files of one request, and their bytes: one that fails is sent again as a whole. */
const [MOST_FILES, MOST_BYTES] = [100, 16 * 1_048_576];

export const createIndex = (index: NewIndex, signal: AbortSignal): Promise<unknown> =>
  askJson('v1/indexes', {
    json: { name: index.name, fields: index.fields, types: Object.keys(index.types).length === 0 ? undefined : index.types },
    signal,
  });

/** Sends files in batches, tables by themselves since two of them may have the same ids, and tells after each line of the server how far it is. */
export async function* send(
  index: string,
  files: readonly Picked[],
  { replace, signal }: { readonly replace: boolean; readonly signal: AbortSignal },
): AsyncGenerator<Sent> {
  let sent = nothingSent;
  for (const batch of batchesOf(files)) {
    const before = sent;
    const path = `v1/indexes/${encodeURIComponent(index)}/files${replace ? '?replace=true' : ''}`;
    for await (const line of askLines<Line>(path, { body: framed(batch), signal })) {
      if (line.failed !== undefined) sent = { ...sent, failed: [...sent.failed, line.failed] };
      else if (line.report !== undefined) sent = withReport(before, sent, line.report, batch.length);
      else sent = { ...sent, documents: before.documents + line.acknowledged, files: before.files + (line.files ?? 0) };
      yield sent;
    }
  }
}

function withReport(before: Sent, now: Sent, report: AddedFilesAnswer, files: number): Sent {
  const { added, changed, unchanged, removed, notes = [] } = report;
  return {
    ...now,
    files: before.files + files,
    documents: before.documents + added + changed + unchanged,
    added: before.added + added,
    changed: before.changed + changed,
    unchanged: before.unchanged + unchanged,
    removed: before.removed + removed,
    notes: [...new Set([...before.notes, ...notes])],
  };
}

/** Each file behind a line with its path and its length, as the server reads them; a browser reads none of it before it is sent. */
const framed = (files: readonly Picked[]): Blob =>
  new Blob(files.flatMap(({ path, file }) => [`${JSON.stringify({ path, bytes: file.size })}\n`, file]));

function batchesOf(files: readonly Picked[]): readonly (readonly Picked[])[] {
  const batches: Picked[][] = [];
  let bytes = 0;
  for (const one of files) {
    const last = batches.at(-1);
    const isApart = one.isTable || last?.[0]?.isTable;
    if (last === undefined || isApart || last.length >= MOST_FILES || bytes + one.file.size > MOST_BYTES) {
      batches.push([one]);
      bytes = one.file.size;
    } else {
      last.push(one);
      bytes += one.file.size;
    }
  }
  return batches;
}
