import { onlyLoopback } from '../support/only-loopback.ts';

/** For a process of its own, by `--import`: it ends where it would leave the machine. */
onlyLoopback((what) => {
  process.stderr.write(`the server asked for ${what}\n`);
  process.exit(99);
});
