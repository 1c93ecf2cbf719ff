import { open } from 'node:fs/promises';
import type { Precision } from './model-entry.ts';
import { precisionOfFile } from './precision-files.ts';

/** An ONNX graph stands before its weights, so its operators are in the first megabytes. */
const LOOKED_THROUGH = 8 << 20;

/**
 * The form of an ONNX file's weights. Operators that make scales of what a run holds (DynamicQuantizeLinear, and DynamicQuantizeMatMul of onnxruntime) are looked for in the
 * graph: of such a model each text is run alone. What else there is, its name says (`repositoryPath`: as the repository calls it).
 */
export async function precisionOfGraph(modelPath: string, repositoryPath: string): Promise<Precision> {
  const file = await open(modelPath);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LOOKED_THROUGH), 0, LOOKED_THROUGH, 0);
    if (buffer.subarray(0, bytesRead).includes('DynamicQuantize')) return 'int8';
  } finally {
    await file.close();
  }
  return precisionOfFile(repositoryPath) ?? 'fp32';
}
