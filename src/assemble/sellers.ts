import { namesOf, type Task } from '../hosted/vendor-model.ts';
import { unaskedVendors, vendorKnownAs, vendors } from '../hosted/vendors/index.ts';

/** By task and name. Where several sell under one name, the first in the list counts. */
const sellers: ReadonlyMap<string, string> = new Map(
  vendors
    .filter(({ keyless }) => keyless !== true)
    .flatMap((vendor) => vendor.models.flatMap((model) => namesOf(model).map((name) => [`${model.task} ${name}`, vendor.name] as const)))
    .reverse(),
);

/**
 * The name of the vendor who sells a model for that task under that name, in whatever case, and also with the vendor before it, as gateways write
 * (`cohere/rerank-v3.5`); of a name that is newer than the table, the vendor whose names begin so. undefined where no one does. What runs on a
 * machine of one's own is sold by no one.
 */
export function sellerOf(task: Task, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const bare = withoutVendor(wanted);
  return sellers.get(`${task} ${bare}`) ?? sellers.get(`${task} ${wanted}`) ?? familyOf(task, bare);
}

const familyOf = (task: Task, name: string): string | undefined =>
  [...vendors, ...unaskedVendors].find(({ families }) => families?.[task]?.some((family) => name.startsWith(family)) === true)?.name;

function withoutVendor(name: string): string {
  const [first = '', ...rest] = name.split('/');
  return rest.length > 0 && vendorKnownAs(first) !== undefined ? rest.join('/') : name;
}
