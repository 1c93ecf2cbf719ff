import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isFile } from '../fetch/fetch-file.ts';
import { precisionOfGraph } from './catalog/graph-precision.ts';
import type { Precision } from './catalog/model-entry.ts';
import { nameOfPrecision, type PrecisionName } from './catalog/precision.ts';
import { everyFile, fileOf, type OfferedFile, precisionMissing, precisionsIn } from './catalog/precision-files.ts';
import { type PrecisionQuestion, usualOf } from './choose-precision.ts';

/** Which form of a model's weights is taken where it has several. */
export type Choose = (question: PrecisionQuestion) => Promise<Precision>;

/** What is chosen where no one asks a processor. */
export const chooseUsual: Choose = async ({ precisions }) => usualOf(precisions);

/** A file that is offered, and its size where it lies on this machine. */
type Sized = OfferedFile & { readonly bytes?: number };

/** ONNX files with weights of a model in a folder of the user's, and their forms. */
export async function offeredIn(folder: string): Promise<readonly Sized[]> {
  const offered: Sized[] = [];
  for (const path of everyFile) {
    const file = join(folder, path);
    if (await isFile(file)) offered.push({ path, precision: await precisionOfGraph(file, path), bytes: (await stat(file)).size });
  }
  return offered;
}

/**
 * The file that is taken of those that a model offers: of the wished form, else the only form's first, else of the one that is chosen.
 *
 * @throws E_MODEL_MISSING where none has the wished form
 */
export async function pickFile(
  offered: readonly Sized[],
  { model, wished, choose }: { readonly model: string; readonly wished?: PrecisionName | undefined; readonly choose: Choose },
): Promise<string> {
  if (wished !== undefined) {
    const path = fileOf(offered, wished);
    if (path === undefined) throw precisionMissing(model, wished, offered);
    return path;
  }
  const precisions = precisionsIn(offered);
  const [first] = offered as readonly [OfferedFile];
  if (precisions.length === 1) return first.path;
  const precision = await choose({ model, files: known(model, offered), precisions });
  return fileOf(offered, nameOfPrecision(precision)) ?? first.path;
}

/** What a choice is remembered by: other files are another question. Their sizes tell, without gigabytes being hashed before one is chosen. */
const known = (model: string, offered: readonly Sized[]): string =>
  `${model}: ${offered.map(({ path, bytes }) => (bytes === undefined ? path : `${path} ${bytes}`)).join(', ')}`;
