// Copies the three files of onnxruntime-web that Node needs (14 MB of its 140 MB) into the workspace package that carries them.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const from = dirname(createRequire(import.meta.url).resolve('onnxruntime-web'));
const to = join(root, 'runtimes', 'wasm', 'dist');
mkdirSync(to, { recursive: true });
for (const name of ['ort.node.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm']) {
  if (!existsSync(join(from, name))) throw new Error(`onnxruntime-web no longer holds ${name}: adapt scripts/copy-wasm-runtime.js`);
  copyFileSync(join(from, name), join(to, name));
}
