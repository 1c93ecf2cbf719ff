import { FinetoothError, type Wording } from '../errors.ts';
import { looksHosted, vendors } from '../hosted/vendors/index.ts';
import { shortName } from '../store/index-changes.ts';
import { type Manifest, withoutEmbedder } from '../store/store.ts';

const address = / at https?:\/\/\S*$/;

/** Throws E_FINGERPRINT when an index holds vectors of another model than the embedder's, and says how to go on. */
export function sameModel(manifest: Manifest | undefined, fingerprint: string, where: string): void {
  if (manifest === undefined || manifest.embedder === fingerprint) return;
  if (manifest.embedder === withoutEmbedder)
    throw new FinetoothError(
      'E_FINGERPRINT',
      (say) =>
        `the vectors of ${where} (${manifest.dimensions} numbers) were given without a model; the embedder is ${quoted(shortName(fingerprint))}. Leave ${say.option('embedder')} out and give the vectors of queries, or rebuild it with ${say.rebuildIndex(where, nameOf(shortName(fingerprint)))}.`,
    );
  const [built, given] = [shortName(manifest.embedder), shortName(fingerprint)];
  const begun = `${where} holds vectors of ${quoted(built)} (${manifest.dimensions} numbers); the embedder is`;
  const embedder = nameOf(given);
  const rebuild = (say: Wording): string => say.rebuildIndex(where, embedder);
  if (built !== given && looksHosted(built) && nameOf(built) === embedder)
    throw new FinetoothError('E_FINGERPRINT', (say) => `${begun} ${quoted(given)}. ${otherAddress(built, rebuild(say))}`);
  const what = given === built ? 'other weights or settings of the same name' : quoted(given);
  throw new FinetoothError(
    'E_FINGERPRINT',
    (say) => `${begun} ${what}. Rebuild it with ${rebuild(say)}, or leave ${say.option('embedder')} out.`,
  );
}

const quoted = (short: string): string => `"${short.replace(address, '')}"${address.exec(short)?.[0] ?? ''}`;

/** The name that a user types. */
const nameOf = (short: string): string => (looksHosted(short) ? short.replace(address, '') : short.split('@')[0]) ?? short;

/** What to do where only the address differs. `built`: the short name of the model that the index was made with. */
function otherAddress(built: string, rebuild: string): string {
  const vendor = vendors.find(({ name }) => built.startsWith(`${name}:`));
  const variable = vendor === undefined ? '' : ` (${vendor.baseVariable})`;
  if (built !== nameOf(built))
    return `Behind another address that name may be another model. Give it the address that the index was made at${variable}, or rebuild it with ${rebuild}.`;
  if (vendor?.keyless === true)
    return `Which model that name means depends on the address, and an earlier version, which made this index, did not write it down. Rebuild it with ${rebuild}.`;
  return `The index was made at the vendor's own address, or by an earlier version, which wrote none down. Leave the other address out${variable}, or rebuild it with ${rebuild}.`;
}
