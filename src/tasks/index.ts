/** `finetooth/tasks`: what the commands do, each as one function. */

export { type BackupIndexOptions, type BackupReport, backupIndex } from './backup-index.ts';
export { type CalibrateOptions, type CalibrateReport, calibrate } from './calibrate.ts';
export { type CheckedExample, type CheckedModel, type CheckModelOptions, checkModel } from './check-model.ts';
export { type ClearCacheOptions, type ClearedCache, clearCache } from './clear-cache.ts';
export { type CompactReport, compactIndex } from './compact-index.ts';
export { type ListedDataset, listDatasets, pullDataset } from './datasets.ts';
export { type DoctorOptions, doctor } from './doctor.ts';
export type { Finding } from './doctor-index.ts';
export { type EmbedDocumentsOptions, type EmbeddedDocument, embedDocuments } from './embed-documents.ts';
export type { EvaluateOptions } from './eval-options.ts';
export { comparedPipelines, evaluate } from './evaluate.ts';
export { type ExportIndexOptions, type ExportReport, exportIndex } from './export-index.ts';
export { type IndexDocumentsOptions, indexDocuments } from './index-documents.ts';
export { type IndexOf, type IndexOfOptions, indexOf } from './index-of.ts';
export {
  type InspectDocumentsOptions,
  type InspectedDocuments,
  type InspectedField,
  inspectDocuments,
  listFormats,
} from './inspect-documents.ts';
export { type Decision, gradeNames, type Judge, type LabelOptions, type LabelReport, label, type Shown } from './label.ts';
export { type CachedIndex, type CacheOptions, type CachePart, type CacheReport, type Clearing, listCache } from './list-cache.ts';
export {
  type ListedModel,
  type ListOptions,
  listModels,
  modelsFolder,
  type PullOptions,
  pullModel,
  type VerifiedModel,
  verifyModels,
} from './models.ts';
export { type ListedProvider, listProviders, type ProvidersOptions } from './providers.ts';
export { type Recommendation, type RecommendOptions, type RecommendReport, recommendModels } from './recommend-models.ts';
export { type RerankDocumentsOptions, type RerankDocumentsReport, rerankDocuments } from './rerank-documents.ts';
export { type Lost, type RestoreIndexOptions, type RestoreReport, restoreIndex } from './restore-index.ts';
export { type TuneOptions, type TuneReport, tune } from './tune.ts';
export { type VerifyIndexOptions, type VerifyReport, verifyIndex } from './verify-index.ts';
export { type FolderSync, type WatchFolderOptions, watchFolder } from './watch-folder.ts';
