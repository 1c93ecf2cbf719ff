import { throwIfStopped } from '../errors.ts';
import type { Hub, HubFile } from './hub.ts';

/**
 * Paths of all files of a repository: GET {endpoint}/api/models/{owner/name}/revision/{revision} (huggingface_hub, hf_api.py, `model_info`). Undefined where the hub does
 * not say it, as mirrors that hold files alone do not: then each file is asked for.
 */
export async function listFiles(
  hub: Hub,
  { repository, revision }: Pick<HubFile, 'repository' | 'revision'>,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const path = ['api', 'models', ...repository.split('/'), 'revision', revision].map(encodeURIComponent).join('/');
  const headers = { 'user-agent': 'finetooth', ...(hub.token !== undefined && { authorization: `Bearer ${hub.token}` }) };
  try {
    const { statusCode, body } = await hub.request(new URL(`${hub.endpoint}/${path}`), headers, signal);
    if (statusCode !== 200) {
      body.on('error', () => undefined).destroy();
      return undefined;
    }
    const { z } = await import('zod');
    const { siblings } = z.object({ siblings: z.array(z.object({ rfilename: z.string() })) }).parse(await body.json());
    return siblings.map(({ rfilename }) => rfilename);
  } catch {
    throwIfStopped(signal);
    return undefined;
  }
}
