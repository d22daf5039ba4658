/** What a download from a model hub is asked, and what it answers. */

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

export interface PullOptions {
  /** A branch, a tag or a commit; `main` if absent. */
  readonly revision?: string;
  /** The `hub` folder of the cache; see `hubCacheFolder`. */
  readonly cacheDir?: string;
  /** The hub's URL; $HF_ENDPOINT, or the public hub, if absent. */
  readonly endpoint?: string;
  /** An access token; from the environment or the token file if absent, '' for none. */
  readonly token?: string;
  /** Which files to fetch; `isModelFile` if absent. */
  readonly files?: (name: string) => boolean;
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
  /** The commit. */
  readonly revision: string;
  /** Bytes that came over the network, and bytes that were here already. */
  readonly downloadedBytes: number;
  readonly reusedBytes: number;
}
