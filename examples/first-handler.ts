/** Answers a request within its time, with the best order so far, and stops when the client has gone. */
import { rerank } from 'finetooth';

const handle = async (request: Request): Promise<Response> => {
  const { query, documents } = (await request.json()) as { query: string; documents: string[] };
  return Response.json(await rerank(query, documents, { deadlineMs: 3000, signal: request.signal }));
};
const body = JSON.stringify({ query: 'how do bats find their way', documents: ['Wheat rose.', 'Bats hunt by echo.'] });
console.log(await (await handle(new Request('http://localhost/', { method: 'POST', body }))).json());
