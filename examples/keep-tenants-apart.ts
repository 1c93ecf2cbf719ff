/** How does each customer find their own documents alone? The filter is made where the session is known, never of what was typed, and holds for both stages. */
import { openIndex, search } from 'finetooth';

type Ticket = { id: string; tenant: string; text: string };
const index = await openIndex<Ticket>('memory:', { create: { fields: ['text'], types: { tenant: 'keyword' } } });
await index.add([
  { id: 'acme-1', tenant: 'acme', text: 'The invoice of March was paid twice.' },
  { id: 'acme-2', tenant: 'acme', text: 'The door of the warehouse does not close.' },
  { id: 'zeta-1', tenant: 'zeta', text: 'An invoice was paid twice in March.' },
]);

/** The one way to the index. What the user wants to narrow down is joined by `and`, so that it can only take away. */
const searchAs = (session: { tenant: string }, query: string, wanted: { text?: { contains: string } } = {}) =>
  search(index, query, { filter: { and: [{ tenant: session.tenant }, wanted] }, top: 10 });

for (const tenant of ['acme', 'zeta', 'no one']) {
  const { results } = await searchAs({ tenant }, 'paid twice');
  console.log(tenant, results.map(({ id }) => id).join(' '));
}
await index.close();
