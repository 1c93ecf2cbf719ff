import { installCommand } from '../../wording/install-command.ts';
import { bundledFolder } from '../bundled.ts';

/** Measured with the bundled model on texts of 10 to 500 tokens, 4.9 to 6.9 times: `npm run bench -- runtimes`. */
export const wasmSlowdown = 'about 7 times slower';

/** The native runtime of this platform alone, as it is installed with finetooth; `onnxruntime-node` holds those of all. */
export const nativePackage = `@finetooth/runtime-${process.platform}-${process.arch}`;
const wasmPackage = '@finetooth/runtime-wasm';

interface Installed {
  /** Whether a package with a native runtime is there, be it that it does not load. */
  readonly native: boolean;
  readonly wasm: boolean;
  /** Linux with musl, for which no native runtime is built. */
  readonly musl: boolean;
}

/**
 * What to do where none of the runtimes that `choice` allows loads, in a sentence or two. `command` gives the command that installs the first of some packages
 * that finetooth asks for.
 */
export function runtimeAdvice(
  choice: 'auto' | 'native' | 'wasm',
  { native, wasm, musl }: Installed = installedHere(),
  command: (names: readonly string[]) => string | undefined = installCommand,
): string {
  const nativeCommand = command([nativePackage, 'onnxruntime-node']);
  // One that is there is tried first, so that another beside it changes nothing.
  if (choice !== 'wasm' && !native && !musl && nativeCommand !== undefined) return `Install one with "${nativeCommand}".`;
  const why = choice !== 'wasm' && musl ? 'No native one is built for musl. ' : '';
  if (!wasm) return `${why}"${command([wasmPackage]) ?? `npm install ${wasmPackage}`}" brings one that runs everywhere, ${wasmSlowdown}.`;
  if (choice === 'native') return `${why}WebAssembly is installed, ${wasmSlowdown}: ask for no runtime, and it is taken.`;
  return `${why}It is installed, and this system cannot run it. Hosted models and a server on another machine need none.`;
}

function installedHere(): Installed {
  return {
    native: [nativePackage, 'onnxruntime-node'].some((name) => bundledFolder(name) !== undefined),
    wasm: bundledFolder(wasmPackage) !== undefined,
    musl: process.platform === 'linux' && !hasGlibc(),
  };
}

function hasGlibc(): boolean {
  // Else it asks for the names of the machine's addresses. Not among the types of @types/node 24.
  Object.assign(process.report, { excludeNetwork: true });
  return (
    (process.report.getReport() as { readonly header: { readonly glibcVersionRuntime?: string } }).header.glibcVersionRuntime !== undefined
  );
}
