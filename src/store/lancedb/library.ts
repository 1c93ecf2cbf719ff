import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { FinetoothError, messageOf } from '../../errors.ts';
import { importFirst } from '../../fetch/import-first.ts';
import { bundledFolder } from '../../model/bundled.ts';
import { installCommand } from '../../wording/install-command.ts';

export interface LanceLibraries {
  readonly lance: typeof import('@lancedb/lancedb');
  readonly arrow: typeof import('apache-arrow');
}

/** As it is installed with finetooth, without the libraries for embeddings elsewhere, which nothing here calls; and as a checkout has it. */
const packages = ['@finetooth/lancedb', '@lancedb/lancedb'] as const;

/** LanceDB and the copy of Arrow that it knows, loaded on first use and nowhere else. Throws E_RUNTIME where they do not load. */
export async function loadLance(): Promise<LanceLibraries> {
  try {
    // Of three processors or fewer LanceDB 0.31 keeps one thread, which waits for itself for ever while it indexes more than some 30,000 texts
    // (https://github.com/lancedb/lancedb/issues/3568). It reads the variable when it first works.
    process.env.LANCE_CPU_THREADS ??= String(Math.max(2, availableParallelism()));
    // Else it reads ahead 2 GB of what it indexes, which takes as much memory as there are vectors.
    process.env.LANCE_DEFAULT_IO_BUFFER_SIZE ??= String(64 * 2 ** 20);
    // Else the codes of vectors wait in memory until each part has its own: a build over a million took 933 MB, with this 649, and as long.
    process.env.LANCE_SHUFFLE_BATCH_BYTES ??= String(8 * 2 ** 20);
    const lance = (await importFirst(...packages)) as typeof import('@lancedb/lancedb');
    // LanceDB loads Arrow's CommonJS copy and knows only tables of that copy as tables.
    const arrowName = bundledFolder(packages[0]) === undefined ? 'apache-arrow' : `${packages[0]}/apache-arrow`;
    const arrow = createRequire(import.meta.url)(arrowName) as typeof import('apache-arrow');
    return { lance, arrow };
  } catch (error) {
    throw new FinetoothError(
      'E_RUNTIME',
      `the store on disk needs LanceDB, which does not load here (${messageOf(error).split('\n')[0]}). ${advice()}`,
      { cause: error },
    );
  }
}

/** It may be there, and its native part be missing or made for another system. */
function advice(): string {
  if (packages.every((name) => bundledFolder(name) === undefined))
    return `Install it with "${installCommand(packages)}", or pass memoryStore().`;
  return 'Install it again, which brings the native part of this system, or keep the index in memory (memoryStore()), Qdrant or PostgreSQL.';
}
