import type { FastifyBaseLogger } from 'fastify';
import { localName } from '../assemble/embedder.ts';
import { isOfOneself } from '../assemble/hosted.ts';
import { FinetoothError } from '../errors.ts';
import type { ModelOptions } from '../index.ts';

type HostedSettings = ModelOptions['hosted'];

/**
 * A hosted reranker spends the operator's money for whoever may ask. Throws E_USAGE for a name that is not hosted, and for a vendor's without a
 * budget; E_MODEL_UNKNOWN for a vendor that there is not.
 */
export function checkHostedRerankers(names: readonly string[], settings: HostedSettings): void {
  for (const name of names) {
    if (localName(name) !== undefined)
      throw new FinetoothError(
        'E_USAGE',
        `"${name}" is no hosted reranker (vendor:model); a cross-encoder of this machine belongs among the models that are served.`,
      );
    if (settings?.budget === undefined && !isOfOneself(name))
      throw new FinetoothError(
        'E_USAGE',
        (say) => `whoever may ask this server could spend money at "${name}": say how many US dollars in all ${say.as('budget')}.`,
      );
  }
}

/** One line for each, so that no one is surprised who reads the log. */
export function warnOfHosted(log: FastifyBaseLogger, names: readonly string[], settings: HostedSettings): void {
  for (const reranker of names)
    log.warn(
      { reranker, budget: settings?.budget?.limit, requestsPerMinute: settings?.requestsPerMinute },
      "queries and texts of clients that name this reranker are sent to its vendor, with this server's key",
    );
}
