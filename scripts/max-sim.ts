/** Assembles src/math/max-sim.wat into src/math/max-sim-module.ts: `npm run kernel`. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import openWabt from 'wabt';

const folder = join(import.meta.dirname, '..', 'src', 'math');

/** The module as the source file holds it. */
export const assembled = async (): Promise<string> => {
  const wabt = await openWabt();
  const parsed = wabt.parseWat('max-sim.wat', await readFile(join(folder, 'max-sim.wat'), 'utf8'), { simd: true });
  const base64 = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
  parsed.destroy();
  const lines = base64.match(/.{1,120}/g) ?? [];
  return [
    '/** max-sim.wat, assembled by "npm run kernel"; a test compares the two. */',
    'export const maxSimModule: string = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('');",
    '',
  ].join('\n');
};

if (import.meta.main) await writeFile(join(folder, 'max-sim-module.ts'), await assembled());
