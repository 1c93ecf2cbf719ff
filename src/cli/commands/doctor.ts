import { sentenceIn } from '../../errors.ts';
import { doctor } from '../../tasks/doctor.ts';
import { command } from '../command.ts';
import { oneIndex } from '../index-flag.ts';
import { modelFlags, modelOptions } from '../model-flags.ts';
import { commandWording } from '../wording.ts';

export const doctorCommand = command({
  name: 'doctor',
  about: 'Try everything that a search needs: what works, what does not, and what to do.',
  takes: [],
  options: ['in', ...modelFlags, 'json'],
  examples: ['finetooth doctor', 'finetooth doctor --in ./movies'],
  run: async (run) => {
    const { flags, terminal } = run;
    const found = await doctor({ ...(await modelOptions(run)), embedder: flags.embedder, in: oneIndex(flags.in) });
    const findings = found.map((one) => ({
      ...one,
      advice: one.advice === undefined ? undefined : sentenceIn(one.advice, commandWording),
    }));
    terminal.progress('');
    const marks = { ok: 'ok     ', warning: 'warning', broken: 'BROKEN ' } as const;
    if (flags.json) terminal.json({ findings });
    else {
      for (const { name, state, found, advice } of findings)
        terminal.write(
          `${marks[state]}  ${name.padEnd(15)} ${found}\n${advice === undefined ? '' : `${' '.repeat(25)}what to do: ${advice}\n`}`,
        );
    }
    if (findings.some(({ state }) => state === 'broken')) run.exit(5);
  },
});
