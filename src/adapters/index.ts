/**
 * Adapters: one frozen model, many skills. An adapter has parameters of its own beside a base that nothing changes: a soft
 * prompt, one that hangs on the text, LoRA, the states that Mamba layers begin with. It is trained on rows `{prompt, completion}` through the frozen model,
 * whatever its weights are held as, saved in a folder, and served beside others in one batch.
 *
 * The room refuses, with a typed error, an adapter of another base, damaged files, rows that do not fit, and methods that a
 * model cannot have. It does not know how tokens are drawn.
 *
 * ```ts
 * await tune({ recipe: 'recipes/adapters/exp1-lora.json', base: 'models/nano', data: 'rows', out: 'build/exp1' });
 * const base = await openBase('models/nano');
 * const adapter = await loadAdapter('build/exp1', base);
 * console.log(await evaluateTask(base, await readRows('rows/exp1-test.jsonl'), { adapter }));
 * ```
 *
 * Start with `adapter.ts`, then `softPrompt.ts` and `lora.ts`; `tune.ts` has the run.
 */
export { type Adapter, type AdapterMethod, adapterMethods, type TextRows } from './adapter.js';
export { type AnswerOptions, answerAll } from './answering.js';
export { type AdapterBase, type Base, type BaseOptions, hashOfParameters, openBase } from './base.js';
export { baseAsEncoder, type Encoder, openEncoder } from './encoder.js';
export { type AnsweredRow, type EvaluateTaskOptions, evaluateTask, type TaskScore } from './evaluateTask.js';
export { loadAdapter, type TrainedShare, trainedShare, writeAdapter } from './files.js';
export { InitialState } from './initialState.js';
export { InputPrompt, type InputPromptSizes } from './inputPrompt.js';
export { Lora, type LoraSizes } from './lora.js';
export { newAdapter } from './methods.js';
export { completionObjective } from './objective.js';
export { parseTuneRecipe, type TuneRecipe } from './recipe.js';
export { type EncodedRow, encodeRows, readRows, type TaskRow } from './rows.js';
export { isExact, wordF1 } from './scores.js';
export { SoftPrompt } from './softPrompt.js';
export { batchOfRows, type TaskBatch, TaskStream } from './taskStream.js';
export { type TuneOptions, type TuneStart, type TuneSummary, tune } from './tune.js';
