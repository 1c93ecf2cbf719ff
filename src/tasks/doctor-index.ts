import { engineOf, openStore, shownName } from '../assemble/store.ts';
import { messageOf } from '../errors.ts';
import type { EngineFinding } from '../store/engine.ts';
import { indexMissing, shortName } from '../store/index-changes.ts';
import { recallFinding, sampledRecall } from '../store/recall.ts';
import { grouped } from '../wording/numbers.ts';

/**
 * What was found, and what to do where something is not as it should be.
 *
 * @example
 * import type { Finding } from 'finetooth/tasks';
 *
 * const lineOf = ({ name, state, found }: Finding): string => `${name}: ${state}, ${found}`;
 * console.log(lineOf({ name: 'Node', state: 'ok', found: '24.21.0' })); // Node: ok, 24.21.0
 */
export type Finding = EngineFinding;

/** What there is to say of an index, and of the database that holds it. */
export async function findingsOf(where: string): Promise<readonly Finding[]> {
  const engine = engineOf(where);
  if (engine !== undefined) return engine.check(where);
  const store = openStore(where);
  try {
    const manifest = await store.open();
    if (manifest === undefined) throw indexMissing(shownName(where));
    const { documents } = await store.stats();
    const found = {
      name: 'index',
      state: 'ok',
      found: `${where}, ${grouped(documents)} documents, ${shortName(manifest.embedder)}`,
    } as const;
    const measured = await sampledRecall(store);
    const advice = 'compact the index: that builds what searches are fast by again';
    return measured === undefined ? [found] : [found, recallFinding(measured, '', advice)];
  } catch (error) {
    return [{ name: 'index', state: 'broken', found: messageOf(error).split('\n')[0] ?? '', advice: 'the sentence above says what to do' }];
  } finally {
    await store.close();
  }
}
