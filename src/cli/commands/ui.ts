import { command } from '../command.ts';
import { runServer, serverFlags } from '../run-server.ts';

export const uiCommand = command({
  name: 'ui',
  about: 'Serve, and open the page in a browser: search the bundled films or files of your own, see what reranking does, judge it.',
  takes: [],
  options: [...serverFlags, 'noOpen'],
  examples: ['finetooth ui', 'finetooth ui --in ./movies', 'finetooth ui --no-open --port 9000'],
  run: (run) => {
    const { flags, terminal } = run;
    // In a pipe no one sits before it.
    return runServer(run, { isForPage: true, open: !flags.noOpen && !flags.json && terminal.live && process.stdout.isTTY === true });
  },
});
