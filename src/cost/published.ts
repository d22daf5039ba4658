/** The figures of "The Cost of Training NLP Models" (Sharir, Peleg and Shoham, arXiv 2004.08900). */
import { expectCount, expectPositive } from './checks.js';
import { sixParametersTokens } from './flops.js';

/** Tokens processed: sequence length × steps × batch size, the paper's measure of training volume. */
export function trainingVolume(sequenceLength: number, steps: number, batchSize: number): number {
  expectPositive('sequenceLength', sequenceLength);
  expectPositive('steps', steps);
  expectPositive('batchSize', batchSize);
  return sequenceLength * steps * batchSize;
}

/** What repeats and search make of the dollars of one run: runs of each of so many configurations. */
export function fullyLoadedDollars(oneRun: number, configurations = 2, runs = 10): number {
  expectPositive('oneRun', oneRun);
  expectCount('configurations', configurations);
  expectCount('runs', runs);
  return oneRun * configurations * runs;
}

/** Dollars of a project of several kinds of runs. */
export const projectDollars = (kinds: readonly { readonly dollars: number; readonly runs: number }[]): number =>
  kinds.reduce((sum, { dollars, runs }) => sum + dollars * runs, 0);

/** Dollars per FLOP that a published price implies, with 6 · parameters · tokens for the FLOPs: a calibration of ours. */
export const impliedDollarsPerFlop = (dollars: number, parameters: number, tokens: number): number =>
  dollars / sixParametersTokens(parameters, tokens);

export interface PublishedCost {
  readonly model: string;
  readonly parameters: number;
  /** Tokens assumed for the implied price: 137e9 of BERT's training for the first three, 1e12 of T5's: a calibration of ours. */
  readonly tokens: number;
  readonly oneRunDollars: number;
  /** 2 configurations × 10 runs; absent where the paper has another kind of project. */
  readonly fullyLoadedDollars?: number;
}

/** The four rows with dollars: list prices of 2020, without hourly rates, hardware or a price per FLOP. */
export const publishedCosts: readonly PublishedCost[] = [
  { model: 'BERT-style 110M', parameters: 110e6, tokens: 137e9, oneRunDollars: 2500, fullyLoadedDollars: 50_000 },
  { model: 'BERT-style 340M', parameters: 340e6, tokens: 137e9, oneRunDollars: 10_000, fullyLoadedDollars: 200_000 },
  { model: '1.5B', parameters: 1.5e9, tokens: 137e9, oneRunDollars: 80_000, fullyLoadedDollars: 1_600_000 },
  { model: 'T5-11B', parameters: 11e9, tokens: 1e12, oneRunDollars: 1_300_000 },
];
