/** What counting is told, and what it tells. */
import type { Kernels } from '../kernels.js';
import type { Normalisation } from '../words.js';
import type { CountPlan } from './plan.js';

export interface PassProgress {
  readonly phase: 'words' | 'sort' | 'merge';
  readonly done: number;
  readonly total: number;
  /** Words so far, in the first phase. */
  readonly tokens?: number;
}

export interface PassOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: PassProgress) => void) | undefined;
}

export interface CountFilesOptions extends PassOptions {
  /** Paths of plain text or JSON lines, each also in gzip. */
  readonly files: readonly string[];
  /** The folder of the counts. */
  readonly out: string;
  readonly normalisation?: Normalisation | undefined;
  readonly minCount?: number | undefined;
  /** Texts that an n-gram has to stand in; 1 unless told. */
  readonly minDocuments?: number | undefined;
  readonly separator?: string | undefined;
  readonly field?: string | undefined;
  /** The most that the process may take, in bytes; 1 GB unless told. */
  readonly memoryBytes?: number | undefined;
  readonly threads?: number | undefined;
  /** How the corpus is cut; by the memory unless told. */
  readonly plan?: CountPlan | undefined;
  readonly kernels?: Kernels['name'] | undefined;
  /** Something that a person should know. */
  readonly onNote?: ((text: string) => void) | undefined;
}

export interface CountResult {
  readonly tokens: number;
  readonly types: number;
  readonly texts: number;
  /** By length: distinct n-grams at or above the minimum. */
  readonly ngrams: Readonly<Record<string, number>>;
  /** By length: n-grams in all texts. */
  readonly totals: Readonly<Record<string, number>>;
  /** Whether the counts were there already. */
  readonly wasCounted: boolean;
}
