import { createHash, randomBytes } from 'node:crypto';
import { type Handle, sendFile, sendStatus, startServer, type TestServer } from './http.ts';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The hub's answers for files by `owner/name/path` or `datasets/owner/name/path`: large ones state their sha256, small ones a git hash.
 * Revisions are not told apart.
 */
export const hubHandle =
  (files: Readonly<Record<string, Buffer>>): Handle =>
  (request, response, path) => {
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

export const startHub = (files: Readonly<Record<string, Buffer>>): Promise<TestServer> => startServer(hubHandle(files));

/** A repository whose weights are noise: enough for everything but running it. */
export const tinyRepository = (name: string, bytes = 100_000): Record<string, Buffer> => ({
  [`${name}/config.json`]: Buffer.from('{"hidden_size": 8, "max_position_embeddings": 512, "architectures": ["BertModel"]}'),
  [`${name}/tokenizer.json`]: Buffer.from('{"version": "1.0"}'),
  [`${name}/onnx/model_quantized.onnx`]: Buffer.concat([Buffer.from('DynamicQuantizeLinear'), randomBytes(bytes)]),
});
