import { readPrices } from '../../assemble/price-file.ts';
import type { Price } from '../../hosted/vendor-model.ts';
import { type ListedModel, type ListedProvider, listProviders } from '../../tasks/providers.ts';
import { duration, grouped } from '../../wording/numbers.ts';
import { harmless } from '../../wording/terminal-text.ts';
import { command } from '../command.ts';

const limitWords = ({ task, dimensions, limits: { documents, tokensEach, tokens, requestsPerMinute } }: ListedModel): string =>
  [
    dimensions === undefined ? '' : `${grouped(dimensions)} dimensions`,
    documents === undefined ? '' : `${grouped(documents)} ${task === 'rerank' ? 'documents' : 'texts'} per request`,
    tokensEach === undefined ? '' : `${grouped(tokensEach)} tokens each`,
    tokens === undefined ? '' : `${grouped(tokens)} tokens per request`,
    requestsPerMinute === undefined ? '' : `${grouped(requestsPerMinute)} requests per minute`,
  ]
    .filter((one) => one !== '')
    .join(', ');

export const providersCommand = command({
  name: 'providers',
  about: 'List vendors of hosted models: whether there is a key, models, dimensions, limits, prices, and how the last check went.',
  takes: ['[name...]'],
  options: ['check', 'prices', 'cache', 'json'],
  examples: ['finetooth providers', 'finetooth providers cohere together --check', 'finetooth providers tei:default --check --json'],
  run: async ({ given, flags, terminal, signal, env }) => {
    const listed = await listProviders({
      names: given.flat() as string[],
      cacheFolder: flags.cache,
      check: flags.check,
      variables: env,
      signal,
      prices: flags.prices === undefined ? undefined : await readPrices(flags.prices, signal),
    });
    if (flags.json) return terminal.json(listed);
    terminal.write(`${listed.map((one) => linesOf(one).join('\n')).join('\n\n')}\n`);
  },
});

function linesOf({
  name,
  title,
  key,
  keyVariable,
  baseVariable,
  baseURL,
  package: needed,
  languageModels,
  models,
  lastCheck,
}: ListedProvider): string[] {
  const width = Math.max(0, ...models.map((model) => model.name.length));
  return [
    `${name}  ${title}`,
    `  key      ${key === 'missing' ? `missing: set ${keyVariable}` : key === 'none needed' ? `none needed (or ${keyVariable})` : `in ${harmless(key)}`}`,
    `  address  ${baseURL === undefined ? `missing: set ${baseVariable}` : `${harmless(baseURL)} (or ${baseVariable})`}`,
    ...(needed === undefined ? [] : [`  package  npm install ${needed}`]),
    ...models.map((model) => `  ${model.task.padEnd(7)}  ${model.name.padEnd(width)}  ${limitWords(model)}; ${priceWords(model.price)}`),
    ...(languageModels ? [`  also     llm:${name}:MODEL, llm-graded:${name}:MODEL`] : []),
    ...(lastCheck === undefined
      ? []
      : [
          `  checked  ${lastCheck.at.slice(0, 16).replace('T', ' ')} UTC, ${harmless(lastCheck.model)}: ${lastCheck.ok ? `answered in ${duration(lastCheck.took)}` : harmless(lastCheck.error ?? '')}`,
        ]),
  ];
}

function priceWords(price: Price | undefined): string {
  if (price === undefined) return 'price not known';
  const { tokens, searches, source, seen } = price;
  if (tokens === 0) return 'free';
  const amount = tokens === undefined ? `$${searches} per thousand searches` : `$${tokens} per million tokens`;
  return `${amount} (${source}, ${seen})`;
}
