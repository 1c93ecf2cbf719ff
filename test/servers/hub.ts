import { createHash, randomBytes } from 'node:crypto';
import { type Handle, sendFile, sendStatus, startServer, type TestServer } from './http.ts';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export interface HubOptions {
  /** It says which files a repository has, as mirrors do not that hold files alone. @default false */
  readonly lists?: boolean;
}

/**
 * The hub's answers for files by `owner/name/path` or `datasets/owner/name/path`: large ones state their sha256, small ones a git hash.
 * Revisions are not told apart.
 */
export const hubHandle =
  (files: Readonly<Record<string, Buffer>>, { lists = false }: HubOptions = {}): Handle =>
  (request, response, path) => {
    const listed = /^\/api\/models\/([^/]+\/[^/]+)\/revision\/[^/]+$/.exec(path)?.[1];
    if (lists && listed !== undefined) {
      const paths = Object.keys(files).filter((name) => name.startsWith(`${listed}/`));
      const siblings = paths.map((name) => ({ rfilename: name.slice(listed.length + 1) }));
      return sendFile(request, response, Buffer.from(JSON.stringify({ id: listed, siblings })), {});
    }
    const [, repository, file] = /^\/((?:datasets\/)?[^/]+\/[^/]+)\/resolve\/(?:refs\/pr\/\d+|[^/]+)\/(.+)$/.exec(path) ?? [];
    const body = files[`${repository}/${file}`];
    if (body === undefined) {
      const known = Object.keys(files).some((name) => name.startsWith(`${repository}/`));
      return sendStatus(response, known ? 404 : 401, { 'x-error-code': known ? 'EntryNotFound' : 'RepoNotFound' });
    }
    const large = /\.(onnx|gz)$/.test(file ?? '');
    const headers: Record<string, string> = { 'x-repo-commit': 'c'.repeat(40), etag: `"${createHash('sha1').update(body).digest('hex')}"` };
    if (large) Object.assign(headers, { 'x-linked-etag': `"${sha256Of(body)}"`, 'x-linked-size': String(body.length) });
    sendFile(request, response, body, headers);
  };

export const startHub = (files: Readonly<Record<string, Buffer>>, options?: HubOptions): Promise<TestServer> =>
  startServer(hubHandle(files, options));

/** A repository whose weights are noise: enough for everything but running it. */
export const tinyRepository = (name: string, bytes = 100_000): Record<string, Buffer> => ({
  [`${name}/config.json`]: Buffer.from('{"hidden_size": 8, "max_position_embeddings": 512, "architectures": ["BertModel"]}'),
  [`${name}/tokenizer.json`]: Buffer.from('{"version": "1.0"}'),
  [`${name}/onnx/model_quantized.onnx`]: Buffer.concat([Buffer.from('DynamicQuantizeLinear'), randomBytes(bytes)]),
});
