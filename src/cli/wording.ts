import type { AdvisedOption, Wording } from '../errors.ts';
import { type OptionName, type OptionSpec, options } from './options.ts';

/** The flag, or the flags, of an option that a sentence of the library may advise, where it has another name here. */
const flagsOf = {
  gates: ['gate'],
  judgments: ['qrels'],
  keyFile: ['apiKeyFile'],
  noKeys: ['noAuth'],
  origins: ['allowOrigin'],
  rerankers: ['hostedRerankers'],
  runs: ['run'],
  tokens: ['tokenBits', 'tokenPool'],
} as const satisfies Partial<Record<AdvisedOption, readonly OptionName[]>>;

type Renamed = keyof typeof flagsOf;

const keysOf = (name: AdvisedOption): readonly OptionName[] =>
  name in flagsOf ? flagsOf[name as Renamed] : [name as Exclude<AdvisedOption, Renamed>];

const option: Wording['option'] = (name, value) => {
  const flags = keysOf(name)
    .map((key) => `--${(options[key] as OptionSpec).name}`)
    .join(' and ');
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
  restoreIndex: (folder) => `"finetooth restore ${option('into', folder)}"`,
  calibrate: (file) => `"finetooth calibrate${file === undefined ? '' : ` --${options.save.name} ${file}`}"`,
  report: () => `"finetooth eval … --${options.json.name} > FILE"`,
  makeKey: (file) => `"finetooth key --${options.addTo.name} ${file}"`,
};
