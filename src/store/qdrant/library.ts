import { FinetoothError, messageOf } from '../../errors.ts';

export type { QdrantClient, Schemas } from '@qdrant/js-client-rest';

/** Qdrant's client, loaded on first use and nowhere else. Throws E_PACKAGE where it is not installed. */
export async function loadClient(): Promise<typeof import('@qdrant/js-client-rest')> {
  try {
    return await import('@qdrant/js-client-rest');
  } catch (error) {
    throw new FinetoothError(
      'E_PACKAGE',
      `an index in Qdrant needs its client, which does not load here (${messageOf(error).split('\n')[0]}). Install it with "npm install @qdrant/js-client-rest@1".`,
      { cause: error },
    );
  }
}
