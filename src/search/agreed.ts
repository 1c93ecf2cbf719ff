import { FinetoothError } from '../errors.ts';
import { typeOf } from '../filter/document-test.ts';
import { type Manifest, typesIn } from '../store/store.ts';

/** The index as it is: as planned, or as someone else made it meanwhile in the same way. */
export function agreed(planned: Manifest, made: Manifest | undefined): Manifest {
  if (made === undefined || made === planned) return planned;
  const recipe = ({ embedder, dimensions, fields, ...others }: Manifest): string => {
    const { form, idField, vectorField, languages, languageField, titleField } = others;
    return JSON.stringify([
      embedder,
      dimensions,
      fields,
      ...[form && JSON.stringify(form), idField, vectorField, languages, languageField, titleField].map((one) => one ?? null),
    ]);
  };
  const types = typesIn(made);
  const isTyped = Object.entries(planned.declared ?? {}).every(([field, type]) => typeOf(field, types) === type);
  if (recipe(made) === recipe(planned) && isTyped) return made;
  throw new FinetoothError(
    'E_LOCKED',
    'another process made this index a moment ago, with another model, other fields, other types or another id field. Run the command again to add to that one.',
  );
}

export const madeAnew = (): FinetoothError =>
  new FinetoothError(
    'E_LOCKED',
    'another process made the index again in the middle of this, so that documents which were stored before are not in it. Run the same command again.',
  );
