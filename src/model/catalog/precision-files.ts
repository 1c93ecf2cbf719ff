import { basename } from 'node:path';
import { FinetoothError } from '../../errors.ts';
import { instructions } from '../run/instructions.ts';
import type { Precision } from './model-entry.ts';
import { type PrecisionName, precisionNames, precisionOfName } from './precision.ts';

/** An ONNX file that a model has, and the form of its weights. */
export interface OfferedFile {
  /** In the model's folder or repository. */
  readonly path: string;
  readonly precision: Precision;
}

/** Files that sentence-transformers' export writes for kinds of processors, the best first (backend/quantize.py, `export_dynamic_quantized_onnx_model`). */
const forProcessors = {
  vnni: ['model_qint8_avx512_vnni', 'model_qint8_avx512', 'model_quint8_avx2', 'model_qint8_arm64'],
  avx512: ['model_qint8_avx512', 'model_quint8_avx2', 'model_qint8_avx512_vnni', 'model_qint8_arm64'],
  avx2: ['model_quint8_avx2', 'model_qint8_avx512', 'model_qint8_avx512_vnni', 'model_qint8_arm64'],
  arm: ['model_qint8_arm64', 'model_qint8_avx512_vnni', 'model_qint8_avx512', 'model_quint8_avx2'],
} as const;

/** Where a form's file may lie in a repository, the first wish first. */
export const filesOfName = (name: PrecisionName, kind?: string): readonly string[] =>
  stemsOf(name, kind).flatMap((stem) => [`onnx/${stem}.onnx`, `${stem}.onnx`]);

/** Every place where a file of some form may lie; a folder's own `model.onnx` first. */
export const everyFile: readonly string[] = [
  ...new Set(['model.onnx', ...(['q8', ...precisionNames] as const).flatMap((name) => filesOfName(name))]),
];

/** What the name of a file says of its weights; nothing where it does not. */
export function precisionOfFile(path: string): Precision | undefined {
  const name = basename(path, '.onnx');
  if (/(?:^|[_-])q4f16/i.test(name)) return 'q4f16';
  if (/(?:^|[_-])(?:bnb4|q4)/i.test(name)) return /bnb4/i.test(name) ? 'bnb4' : 'q4';
  if (/fp16|f16|_O4$/i.test(name)) return 'fp16';
  return /quantized|u?int8|(?:^|[_-])q8/i.test(name) ? 'int8' : undefined;
}

/** The file of a wished form; nothing where there is none. A file without a form in its name may have the form inside. */
export function fileOf(offered: readonly OfferedFile[], name: PrecisionName, kind?: string): string | undefined {
  const precision = precisionOfName(name);
  const fitting = offered.filter((one) => one.precision === precision).map(({ path }) => path);
  const named = filesOfName(name, kind).find((path) => fitting.includes(path));
  return named ?? (name === 'uint8' ? undefined : fitting[0]);
}

/** Forms that are offered, each once. */
export const precisionsIn = (offered: readonly OfferedFile[]): readonly Precision[] => [
  ...new Set(offered.map(({ precision }) => precision)),
];

/** A wished form that a model does not have. `offered`: nothing where it is not known what there is. */
export function precisionMissing(model: string, wished: PrecisionName, offered: readonly OfferedFile[] | undefined): FinetoothError {
  const has =
    offered === undefined || offered.length === 0
      ? `looked for ${filesOfName(wished).join(', ')}. Leave`
      : `it has ${offered.map(({ path, precision }) => `${precision} (${path})`).join(', ')}. Name one of these, or leave`;
  return new FinetoothError(
    'E_MODEL_MISSING',
    (say) => `${model} has no file with weights of the form ${wished}; ${has} ${say.option('precision')} out.`,
  );
}

/** Names of the files that hold a form, without what stands before and behind, the first wish first: of transformers.js, of optimum and of sentence-transformers. */
function stemsOf(name: PrecisionName, kind?: string): readonly string[] {
  switch (name) {
    case 'fp32':
      return ['model', 'model_O2', 'model_O1', 'model_O3'];
    case 'fp16':
      return ['model_fp16', 'model_O4'];
    case 'q8':
      return ['model_quantized', ...filesForProcessor(kind), 'model_int8', 'model_uint8'];
    case 'int8':
      return ['model_int8', ...filesForProcessor(kind).filter((stem) => !stem.includes('quint8')), 'model_quantized'];
    case 'uint8':
      return ['model_uint8', 'model_quint8_avx2'];
    default:
      return [`model_${name}`];
  }
}

function filesForProcessor(kind = instructions()): readonly string[] {
  if (kind === undefined) return process.arch === 'arm64' ? forProcessors.arm : forProcessors.avx2;
  if (kind === 'I8MM' || kind === 'dot product') return forProcessors.arm;
  if (kind === 'AVX2') return forProcessors.avx2;
  return kind === 'AVX-512' ? forProcessors.avx512 : forProcessors.vnni;
}
