import { open } from 'node:fs/promises';
import { FinetoothError } from '../../errors.ts';

/** A graph whose weights are elsewhere is small; one that holds them is not looked through to its end. */
const MOST_BYTES = 64 << 20;

/** Field 1 of a StringStringEntryProto with the key "location", and the tag of its value (onnx.proto, TensorProto.external_data). */
const KEY = Buffer.from([0x0a, 8, ...Buffer.from('location'), 0x12]);

/**
 * Names of the files that hold weights of an ONNX graph, which lie beside it.
 *
 * @throws E_MODEL_FAILED for a name that leads out of the folder
 */
export async function externalDataOf(modelPath: string): Promise<readonly string[]> {
  const file = await open(modelPath);
  try {
    const length = Math.min((await file.stat()).size, MOST_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    const graph = buffer.subarray(0, bytesRead);
    const names = new Set<string>();
    for (let at = graph.indexOf(KEY); at >= 0; at = graph.indexOf(KEY, at + 1)) {
      // A name is shorter than 128 bytes, so its length is one byte.
      const size = graph[at + KEY.length] ?? 0;
      const begun = at + KEY.length + 1;
      names.add(graph.subarray(begun, begun + size).toString('utf8'));
    }
    const odd = [...names].find((name) => !/^\w[\w.-]*$/.test(name));
    if (odd === undefined) return [...names].sort();
    throw new FinetoothError(
      'E_MODEL_FAILED',
      `${modelPath} keeps weights in ${JSON.stringify(odd)}, which is no name of a file beside it. Choose another conversion.`,
    );
  } finally {
    await file.close();
  }
}
