/** Adapters of a loaded model, by the names that requests call them. */
import { hashOfParameters, loadAdapter } from '../adapters/index.js';
import { JambalayaError } from '../errors/index.js';
import type { Model } from '../models/index.js';
import type { ProjectionAdapter, State, StatePool } from '../nn/index.js';
import type { Tokenizer } from '../tokenizers/index.js';

/** An adapter, and what it has read once for all texts. */
export interface ServedAdapter {
  /** What tells its states from others'. */
  readonly fingerprint: string;
  readonly projections: ProjectionAdapter | undefined;
  /** A sequence that nothing was read into but the adapter's own prefix, which may hang on the prompt. */
  begin(prompt: () => string): Promise<State>;
}

export class SessionAdapters {
  private constructor(private readonly served: ReadonlyMap<string, ServedAdapter>) {}

  /** @throws what {@link loadAdapter} does */
  static async load(
    folders: Readonly<Record<string, string>>,
    { model, tokenizer }: { readonly model: Model; readonly tokenizer: Tokenizer | undefined },
    pool: StatePool,
  ): Promise<SessionAdapters> {
    const served = new Map<string, ServedAdapter>();
    for (const [name, folder] of Object.entries(folders)) {
      const adapter = await loadAdapter(folder, { model, tokenizer });
      const prefix = adapter.readsPrompt ? undefined : await adapter.prefix?.(model, pool);
      served.set(name, {
        fingerprint: await hashOfParameters(adapter.parameters),
        projections: adapter.projections,
        begin: async (prompt) => {
          const own = adapter.readsPrompt ? await adapter.prefix?.(model, pool, prompt()) : prefix?.clone();
          return own ?? pool.create();
        },
      });
    }
    return new SessionAdapters(served);
  }

  /** @throws `usage` for a name that none has */
  find(name: string | undefined): ServedAdapter | undefined {
    if (name === undefined) return undefined;
    const adapter = this.served.get(name);
    if (adapter !== undefined) return adapter;
    const names = [...this.served.keys()].join(' | ');
    throw new JambalayaError('usage', { argument: 'adapter', expected: names, found: JSON.stringify(name) });
  }
}
