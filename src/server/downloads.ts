import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { FileDownload, ModelFetching } from '../assemble/model-options.ts';
import type { Route } from './openapi.ts';
import { RequestError } from './problem.ts';

/** Files of models that are on their way to this server. */
export interface Downloads {
  /** What `onDownload` of the models is given. */
  take(progress: FileDownload): void;
  list(): readonly Told[];
  /** Ends one; whether there was one. What has come stays, and the next who needs it goes on from there. */
  cancel(id: number): boolean;
}

const told = z.object({
  id: z.int(),
  /** By the name that it was asked for. */
  model: z.string(),
  /** The one of its files that comes at the moment. */
  file: z.string(),
  /** Bytes. */
  done: z.int(),
  total: z.int().optional(),
});
type Told = z.infer<typeof told>;

const [path, tag] = ['/v1/downloads', 'Models'];
export const downloadRoutes: readonly Route[] = [
  {
    method: 'get',
    path,
    about: 'Models that are being fetched, for which requests may be waiting: which file, how many bytes of how many.',
    tag,
    answer: z.object({ downloads: z.array(told) }),
  },
  {
    method: 'delete',
    path: `${path}/:id`,
    about: 'Stop fetching a model. Requests that wait for it fail; the next one goes on where it was stopped.',
    tag,
  },
];

/** `also` is told the same: the terminal of who runs the server. */
export function createDownloads(also?: (progress: FileDownload) => void): Downloads {
  const running = new Map<ModelFetching, Told>();
  let last = 0;
  return {
    take: (progress) => {
      const { file, done, total, fetching } = progress;
      also?.(progress);
      if (fetching === undefined) return;
      const known = running.get(fetching);
      if (known === undefined) fetching.over.then(() => running.delete(fetching));
      running.set(fetching, { id: known?.id ?? ++last, model: fetching.model, file, done, total });
    },
    list: () => [...running.values()],
    cancel: (id) => {
      const [found] = [...running].find(([, one]) => one.id === id) ?? [];
      found?.cancel();
      return found !== undefined;
    },
  };
}

export function addDownloadRoutes(app: FastifyInstance, downloads: Downloads): void {
  const config = { task: 'downloads' };
  app.get(path, { config }, () => ({ downloads: downloads.list() }));
  app.delete(`${path}/:id`, { config }, (request) => {
    const { id } = request.params as { readonly id: string };
    if (!downloads.cancel(Number(id))) throw new RequestError('path', `there is no download ${id.slice(0, 20)}; GET ${path} lists them`);
    return { id: Number(id), cancelled: true };
  });
}
