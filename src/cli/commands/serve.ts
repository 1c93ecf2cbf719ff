import { command } from '../command.ts';
import { runServer, serverFlags } from '../run-server.ts';

export const serveCommand = command({
  name: 'serve',
  about: 'Answer rerank, embedding and search requests over HTTP, in the words of many vendors, on local models; to a browser a page.',
  takes: [],
  options: serverFlags,
  examples: [
    'finetooth serve',
    'finetooth serve --in ./movies --port 8787 --api-key-file keys',
    'finetooth serve --host 0.0.0.0 --api-key-file keys --indexes ./indexes',
    'finetooth serve --reranker cohere:rerank-v3.5 --budget 5',
  ],
  run: (run) => runServer(run),
});
