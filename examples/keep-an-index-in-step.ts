/** How does an index follow a folder that changes? Add it again: what is the same is skipped, what has gone is removed with `prune`. For live changes: `watchFolder`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { openIndex, readDocuments } from 'finetooth';

mkdirSync('handbook', { recursive: true });
writeFileSync('handbook/leave.md', '# Leave\nLeave is asked for in the portal.\n');
writeFileSync('handbook/travel.md', '# Travel\nTrains are booked by the office.\n');
writeFileSync('handbook/desks.md', '# Desks\nDesks are shared.\n');

const index = await openIndex('./handbook-index', { create: true });
const inStep = async (): Promise<void> => {
  const { added, changed, unchanged, removed } = await index.addRead(readDocuments('handbook'), { prune: true });
  console.log({ added, changed, unchanged, removed });
};
await inStep();

writeFileSync('handbook/travel.md', '# Travel\nTrains are booked by yourself.\n');
rmSync('handbook/desks.md');
writeFileSync('handbook/keys.md', '# Keys\nKeys are handed out at the desk.\n');
await inStep();
await index.close();
