import type { AdvisedOption, Wording } from '../errors.ts';
import { type OptionName, type OptionSpec, options } from './options.ts';

/** The flag, or the flags, of each option that a sentence of the library may advise. */
const flagsOf: Readonly<Record<AdvisedOption, readonly OptionName[]>> = {
  budget: ['budget'],
  data: ['data'],
  embedder: ['embedder'],
  fields: ['fields'],
  filterable: ['filterable'],
  format: ['format'],
  gates: ['gate'],
  idField: ['idField'],
  in: ['in'],
  into: ['into'],
  judgments: ['qrels'],
  keyFile: ['apiKeyFile'],
  maxMemory: ['maxMemory'],
  minScore: ['minScore'],
  noKeys: ['noAuth'],
  port: ['port'],
  prices: ['prices'],
  rankFields: ['rankFields'],
  runs: ['run'],
  threads: ['threads'],
  tokens: ['tokenBits', 'tokenPool'],
};

const option: Wording['option'] = (name, value) => {
  const flags = flagsOf[name].map((key) => `--${(options[key] as OptionSpec).name}`).join(' and ');
  return value === undefined ? flags : `${flags} ${value}`;
};

/** What sentences advise, as it is typed. */
export const commandWording: Wording = {
  option,
  as: (name) => `with ${option(name)}`,
  makeIndex: (folder) => `"finetooth index SOURCE ${option('into', folder)}"`,
  rebuildIndex: (folder, embedder) => {
    const model = embedder === undefined ? '' : ` ${option('embedder', embedder)}`;
    return `"finetooth index SOURCE ${option('into', folder)} --${options.rebuild.name}${model}"`;
  },
  calibrate: (file) => `"finetooth calibrate${file === undefined ? '' : ` --${options.save.name} ${file}`}"`,
  report: () => `"finetooth eval … --${options.json.name} > FILE"`,
  makeKey: (file) => `"finetooth key --${options.addTo.name} ${file}"`,
};
