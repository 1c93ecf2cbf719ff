// An agent of the Vercel AI SDK that searches an index: MODEL=openai/gpt-5-mini AI_GATEWAY_API_KEY=… node ai-sdk-agent.ts
import { stepCountIs, ToolLoopAgent, tool } from 'ai';
import { openIndex, search } from 'finetooth';
import { memoryStore } from 'finetooth/stores';
import { z } from 'zod';

const index = await openIndex(memoryStore(), { create: { fields: ['title', 'text'], idField: 'id' } });
await index.add([
  { id: 'lake', title: 'Summer', text: 'A quiet lake, and two people who do not speak.', year: 1998 },
  { id: 'bat', title: 'The Bat', text: 'A masked hero guards the city at night.', year: 2005 },
  { id: 'farm', title: 'Wheat', text: 'A family holds on to its farm through a hard winter.', year: 2011 },
]);

const agent = new ToolLoopAgent({
  model: process.env.MODEL ?? 'openai/gpt-5-mini',
  instructions: 'Answer from the films that the tool finds, and name them.',
  stopWhen: stepCountIs(5),
  tools: {
    searchFilms: tool({
      description: 'Finds films by what happens in them.',
      inputSchema: z.object({ query: z.string(), since: z.number().optional().describe('the earliest year') }),
      execute: async ({ query, since }, { abortSignal: signal }) => {
        const filter = since === undefined ? undefined : { year: { gte: since } };
        const { results } = await search(index, query, { top: 2, filter, documents: true, deadlineMs: 5000, signal });
        return results.map(({ relevanceScore, document }) => ({ relevanceScore, ...document }));
      },
    }),
  },
});

const { text } = await agent.generate({ prompt: 'In which film does someone in disguise protect a town?' });
console.log(text);
await index.close();
