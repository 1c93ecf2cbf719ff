/** `finetooth/plan`: every option of searching, reranking and making an index as data, and its checks, for whoever builds another door. */

export type { Condition, Leaf } from './filter/condition.ts';
export type { FieldCondition, Filter, FilterFields, FilterParts, FlatFilter } from './filter/filter.ts';
export { readFilter } from './filter/read-filter.ts';
export { asksEmbedder, asksSparse } from './search/first-stage.ts';
export { defaultPipeline, type Pipeline, parsePipeline, parsePipelines, plainOptionsOf } from './search/pipeline.ts';
export {
  type IndexKey,
  indexOptionAt,
  indexPlan,
  type KeyAt,
  keysAt,
  type OptionsAt,
  optionAt,
  type Plan,
  type PlanKey,
  plan,
  type ValueAt,
} from './search/plan.ts';
export {
  type Door,
  defaultWords,
  doors,
  type IndexDoor,
  type IndexOption,
  kebabCase,
  type PlanOption,
  snakeCase,
  type Typed,
  type Value,
} from './search/plan-option.ts';
