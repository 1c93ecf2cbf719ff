/** A file that someone dropped or chose, by its path below what was dropped. */
export interface Picked {
  readonly path: string;
  readonly file: File;
  /** Whether it came with a folder rather than by itself. */
  readonly inFolder: boolean;
  /** Whether it holds many documents with ids of their own. @default false */
  readonly isTable?: boolean;
}

export interface Pick {
  readonly files: readonly Picked[];
  /** The folder that all of them come from, else the first file. */
  readonly name: string;
}

/** Files of a folder that are looked at; more are no folder of documents. */
const MOST = 20_000;
/** Folders that hold no documents of anyone's. */
const passed = new Set(['node_modules', '__pycache__', '__MACOSX']);

/** What was dropped. The browser forgets it when the event is over, so that it is taken before anything is waited for. */
export function takeDropped(transfer: DataTransfer): () => Promise<Pick> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const plain = entries.length === 0 ? [...transfer.files] : [];
  return async () => {
    if (plain.length > 0) return pickOf(plain.map((file) => ({ path: file.name, file, inFolder: false })));
    const files: Picked[] = [];
    for (const entry of entries) await collect(entry, '', files);
    return pickOf(files, entries);
  };
}

/** What was chosen in an input of files, or of a folder. */
export const takeChosen = (list: FileList): Pick =>
  pickOf(
    [...list]
      .map((file) => ({ path: file.webkitRelativePath || file.name, file, inFolder: file.webkitRelativePath !== '' }))
      .filter(({ path, inFolder }) => !inFolder || path.split('/').every((name) => !isPassed(name))),
  );

async function collect(entry: FileSystemEntry, below: string, into: Picked[]): Promise<void> {
  const path = `${below}${entry.name}`;
  if (into.length >= MOST || (below !== '' && isPassed(entry.name))) return;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    into.push({ path, file, inFolder: below !== '' });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A browser gives a hundred at a time, and none when there are no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const one of some) await collect(one, `${path}/`, into);
  }
}

/** Paths below the one folder that all come from, as the command line has them. */
function pickOf(files: readonly Picked[], entries: readonly FileSystemEntry[] = []): Pick {
  const top = new Set(files.map(({ path }) => path.split('/')[0] as string));
  const [folder] = top;
  const isOneFolder = files.length > 0 && top.size === 1 && files.every(({ inFolder }) => inFolder);
  const cut = isOneFolder && folder !== undefined ? folder.length + 1 : 0;
  const sorted = files.map((one) => ({ ...one, path: one.path.slice(cut) })).sort((a, b) => (a.path < b.path ? -1 : 1));
  return { files: sorted, name: (isOneFolder ? folder : (sorted[0]?.path ?? entries[0]?.name)) ?? '' };
}

const isPassed = (name: string): boolean => name.startsWith('.') || passed.has(name);
