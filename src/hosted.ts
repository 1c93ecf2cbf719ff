/** `finetooth/hosted`: rerankers and embedders behind an API, and what they may cost. */

export { hosted, hostedEmbedder } from './assemble/hosted.ts';
export { readPrices } from './assemble/price-file.ts';
export type { HostedOptions } from './hosted/model.ts';
export { type Budget, createBudget } from './hosted/money/budget.ts';
export type { PriceTable } from './hosted/money/cost.ts';
export type { LanguageModel } from './hosted/vendor.ts';
export type { Price } from './hosted/vendor-model.ts';
export type { LanguageModelOptions } from './rerank/parts/language-model.ts';
