/** What is used of a browser, so that nobody's program needs its types. */
export interface BrowserWorker {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  terminate(): void;
  onmessage: ((event: { readonly data: never }) => void) | null;
  onerror: ((event: { readonly message?: string; preventDefault?(): void }) => void) | null;
  onmessageerror?: ((event: unknown) => void) | null;
}

interface StoredFiles {
  match(address: string): Promise<Response | undefined>;
  put(address: string, response: Response): Promise<void>;
  delete(address: string): Promise<boolean>;
}

interface Web {
  /** Absent where a page came over HTTP from another machine. */
  readonly caches?: { open(name: string): Promise<StoredFiles> };
  readonly navigator?: { readonly gpu?: { requestAdapter?(): Promise<unknown> } };
  readonly location?: { readonly href: string };
}

export const web = globalThis as unknown as Web;
