import { dirname } from 'node:path';
import { readRecord } from '../fetch/checksums.ts';
import { bookOf } from '../fetch/fetch-file.ts';
import { externalDataOf } from './catalog/external-data.ts';
import { precisionOfGraph } from './catalog/graph-precision.ts';
import type { ModelEntry } from './catalog/model-entry.ts';
import type { PrecisionName } from './catalog/precision.ts';
import type { OfferedFile } from './catalog/precision-files.ts';

/** What a model that is here offers. */
export const offeredAs = ({ files, precision }: ModelEntry): OfferedFile => ({ path: files.model.path, precision });

/** What the catalog says of a model, with another file of its weights. */
export async function variantOf(
  { bundled: _, ...entry }: ModelEntry,
  wished: PrecisionName,
  { modelPath, path }: { readonly modelPath: string; readonly path: string },
): Promise<ModelEntry> {
  const data = (await externalDataOf(modelPath)).map((file) =>
    path.includes('/') && modelPath.endsWith(path) ? `${dirname(path)}/${file}` : file,
  );
  const layers = (entry.files.others ?? []).filter((file) => file.path.includes('.safetensors'));
  return {
    ...entry,
    name: `${entry.name}:${wished}`,
    files: { model: { path }, tokenizer: { path: 'tokenizer.json' }, others: [...data.map((one) => ({ path: one, as: one })), ...layers] },
    precision: await precisionOfGraph(modelPath, path),
  };
}

/** Which file of its repository a fetched model is, as it was noted when it came. */
export async function fetchedPath(folder: string): Promise<string | undefined> {
  const from = (await readRecord(bookOf(folder), 'model.onnx'))?.from;
  return /^[^/]+\/[^/]+\/(.+\.onnx)@/.exec(from ?? '')?.[1];
}
