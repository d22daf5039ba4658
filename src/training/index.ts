/**
 * Training: data, optimizers, trainer.
 *
 * Start with `data/batch.ts`, what a training step is made of, and `data/source.ts`, where it comes from.
 */
export { expandFiles, folderOf, openRunFolder, plotLibrary } from '#training/host';
export { AdamW, type AdamWOptions, clipScale, isDecayed, sumsOfSquares } from './adamW.js';
export { Bf16Weights, type OwnedWeights } from './bf16Weights.js';
export { checkpointTensors } from './checkpoint.js';
export type { Batch, BatchStream, DataCursor, SourceCursor } from './data/batch.js';
export { type Chat, type DocumentContent, textsOf } from './data/content.js';
export { type DataRecipe, parseDataRecipe, type RecipeSource } from './data/dataRecipe.js';
export { type DocumentPiece, documentsOf } from './data/documents.js';
export { type OpenDataOptions, type OpenedData, openTrainingData, type SourceReport } from './data/open.js';
export { type PrepareOptions, type PrepareProgress, prepareTokens } from './data/prepare.js';
export type { DataFormat, DataSource, JsonFields } from './data/source.js';
export type { TokenFile } from './data/tokenFile.js';
export { type TaskKind, taskKinds } from './fineTune/examples.js';
export { type FineTuneOptions, type FineTuneSummary, fineTune } from './fineTune/fineTune.js';
export { InitialWeights, type InitialWeightsOptions } from './initialWeights.js';
export { type BatchMasker, batchMasker, type MaskedOptions, masked } from './masked.js';
export type { Observation } from './monitor.js';
export { bitsPerByte, causal, countedRows, type Objective, type ObjectivePass, sumOfLosses } from './objective.js';
export { type Phase, phasesOf } from './phases.js';
export { Random } from './random.js';
export { parseRecipe, precisions, type Recipe } from './recipe.js';
export { RecipeFields } from './recipeFields.js';
export { chartsOf, type ReportInput, reportPage } from './report.js';
export { type LogRecord, type RunOptions, type RunSummary, runTraining, type TrainingData } from './run.js';
export type { RunFolder, StoredCheckpoint } from './runFolder.js';
export { rateShare, type Schedule, type ScheduleShape, scheduleShapes } from './schedule.js';
export { type LoadedTokenizer, tokenizerOfFolder } from './tokenizerFiles.js';
export { type TrainOptions, type TrainStart, train } from './train.js';
export { type StepReport, Trainer, type TrainerOptions } from './trainer.js';
export { WeightAverage, WeightCopy } from './weightAverage.js';
