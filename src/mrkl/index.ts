/**
 * MRKL: an assistant that routes to exact experts, shows its work, and may say `unsure`. A question is understood as a whole by
 * a grammar or not at all; a plan of typed calls is run, and its trace replays to the bit. No tensor, no network, no model is
 * needed; `documents/` answers from a folder's passages, with a model or by quotation. Start with `assistant.ts`; `reader.ts` has the grammar, `experts/` what it calls.
 */
export { aiSdkModel } from './aiSdk.js';
export { type Answer, Assistant, type AssistantOptions } from './assistant.js';
export { type Case, type CaseResult, judge, parseCases, runCase, type Verdict } from './cases.js';
export { type AskDocumentsOptions, askDocuments, type DocumentAnswer, type Source } from './documents/askDocuments.js';
export { defineExpert, type Expert, type ExpertContext, type ExpertDefinition, type StandardSchema } from './expert.js';
export { AssistantModel } from './model.js';
export { type Json, type Result, Step, Unsure, type UnsureAnswer, type UnsureReason, unsureReasons } from './plan.js';
export { parseTrace, type Replay, replay } from './replay.js';
export { expertOfIntent } from './router/clinc.js';
export { type Routed, type RouterScores, routedOf, routerScores } from './router/evaluate.js';
export { answerRow, groupsOf, type RowResult, type Score, type StudyRow } from './study/calculatorStudy.js';
export { comparable, type Trace, type TraceStep } from './trace.js';
export { formatTree } from './tree.js';
