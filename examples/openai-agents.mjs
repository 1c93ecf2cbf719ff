// An agent of the OpenAI Agents SDK that searches an index: OPENAI_API_KEY=… node openai-agents.mjs
import { Agent, run, tool } from '@openai/agents';
import { openIndex, search } from 'finetooth';
import { memoryStore } from 'finetooth/stores';
import { z } from 'zod';

const index = await openIndex(memoryStore(), { create: { fields: ['title', 'text'], idField: 'id' } });
await index.add([
  { id: 'lake', title: 'Summer', text: 'A quiet lake, and two people who do not speak.', year: 1998 },
  { id: 'bat', title: 'The Bat', text: 'A masked hero guards the city at night.', year: 2005 },
  { id: 'farm', title: 'Wheat', text: 'A family holds on to its farm through a hard winter.', year: 2011 },
]);

const searchFilms = tool({
  name: 'search_films',
  description: 'Finds films by what happens in them.',
  parameters: z.object({ query: z.string(), since: z.number().nullable().describe('the earliest year') }),
  execute: async ({ query, since }) => {
    const filter = since === null ? undefined : { year: { gte: since } };
    const { results } = await search(index, query, { top: 2, filter, documents: true, deadlineMs: 5000 });
    return JSON.stringify(results.map(({ relevanceScore, document }) => ({ relevanceScore, ...document })));
  },
});

const agent = new Agent({ name: 'films', instructions: 'Answer from the films that the tool finds, and name them.', tools: [searchFilms] });
const { finalOutput } = await run(agent, 'In which film does someone in disguise protect a town?');
console.log(finalOutput);
await index.close();
