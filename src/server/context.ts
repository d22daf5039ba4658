/** What every route works with. */
import type { Limits } from './limits.js';
import type { Metrics } from './metrics.js';
import type { ModelRegistry } from './models.js';

export interface ServerLog {
  /** Something that a person should look into. Never what a user wrote. */
  failure(what: string, error: unknown): void;
}

export interface ServerContext {
  readonly models: ModelRegistry;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly log: ServerLog;
  readonly version: string;
  /** Aborted when the server is to end now. */
  readonly stopping: AbortSignal;
}
