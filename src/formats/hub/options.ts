/** What a download from a model hub is asked, and what it answers. */
import type { JsonObject } from '../json.js';

export interface PullProgress {
  /** The file that is being fetched, and its bytes so far and in all. */
  readonly file: string;
  readonly fileBytes: number;
  readonly fileTotal: number;
  /** Bytes of all files so far, those that were here already included, and in all. */
  readonly bytes: number;
  readonly total: number;
  /** Over the network, in the last seconds; 0 before anything has arrived. */
  readonly bytesPerSecond: number;
  /** Infinity while the rate is 0. */
  readonly secondsLeft: number;
}

/** What is going to be fetched. */
export interface PullPlan {
  readonly files: readonly string[];
  /** Of all files, and of those that are here already. */
  readonly bytes: number;
  readonly presentBytes: number;
}

export interface PullOptions {
  /** A branch, a tag or a commit; `main` if absent. */
  readonly revision?: string;
  /** The `hub` folder of the cache; see `hubCacheFolder`. */
  readonly cacheDir?: string;
  /** The hub's URL; $HF_ENDPOINT, or the public hub, if absent. */
  readonly endpoint?: string;
  /** An access token; from the environment or the token file if absent, '' for none. */
  readonly token?: string;
  /** One file of the repository, with all its parts: of a GGUF that was split, of a model in another size. */
  readonly file?: string;
  /** Which files to fetch, in place of those that make a model. */
  readonly files?: (name: string) => boolean;
  /** Called with `config.json`, where the model has one, before anything else is fetched; throws to end it there. */
  readonly onConfig?: (config: JsonObject, file: string) => void;
  /** Called before anything is fetched. */
  readonly onPlan?: (plan: PullPlan) => void;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
  /** Failures in a row without a new byte before giving up (5), the first wait between them (1,000 ms; it doubles). */
  readonly attempts?: number;
  readonly retryMilliseconds?: number;
  /** A connection that sends nothing for so long counts as lost (60,000 ms). */
  readonly idleMilliseconds?: number;
}

export interface PullResult {
  /** The snapshot folder: a model folder. */
  readonly path: string;
  /** Names of the files, relative to `path`. */
  readonly files: string[];
  /** The one of them that the model is, where it is a GGUF file. */
  readonly gguf?: string;
  /** The commit. */
  readonly revision: string;
  /** Bytes that came over the network, and bytes that were here already. */
  readonly downloadedBytes: number;
  readonly reusedBytes: number;
}

/** One snapshot of a model in the cache. */
export interface CachedModel {
  /** `ORG/NAME`, with `@REVISION` where that is not `main`: what commands take. */
  readonly name: string;
  /** A branch or tag, or the commit where none leads to it. */
  readonly revision: string;
  readonly commit: string;
  /** The snapshot folder. */
  readonly path: string;
  /** Names of its files that are here, relative to `path`. */
  readonly files: readonly string[];
  /** Of those files. */
  readonly bytes: number;
  /** Bytes of downloads of this model that were stopped. */
  readonly incompleteBytes: number;
}

export interface ModelList {
  /** The `hub` folder of the cache. */
  readonly folder: string;
  readonly models: readonly CachedModel[];
}
