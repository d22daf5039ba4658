/** The worker's side of the protocol: requests to methods of one `ModelSession`, results and errors back. */
import { errorToData, JambalayaError } from '../errors/index.js';
import type { FromWorker, MethodName, Methods, Progress, ToWorker } from './protocol.js';
import { ModelSession } from './session.js';

type Handlers = {
  [N in MethodName]: (params: Methods[N]['params'], progress: Progress<N>) => Promise<Methods[N]['result']>;
};

export class Dispatcher {
  private session: ModelSession | undefined;
  private readonly stopped = new Set<number>();
  private readonly handlers: Handlers = {
    load: async (params, { emit }) => {
      this.session = await ModelSession.load(params, emit);
      return this.session.loaded;
    },
    generate: async (params, progress) => this.loaded.generate(params, progress),
    logits: (params, progress) => this.loaded.logits(params, progress),
    tokenize: async (params) => this.loaded.tokenize(params),
    detokenize: async (params) => this.loaded.detokenize(params),
    renderChat: async ({ messages, options }) => this.loaded.renderChat(messages, options),
    chatIds: async ({ messages, options }) => this.loaded.chatIds(messages, options),
    tokenBytes: async ({ ids }) => this.loaded.tokenBytes(ids),
    score: (params, progress) => this.loaded.score(params, progress),
    flush: () => this.loaded.flush(),
    cacheReport: async () => this.loaded.cacheReport(),
    measureText: (params, progress) => this.loaded.measureText(params, progress),
    embed: (params, progress) => this.loaded.embed(params, progress),
    compare: (params, progress) => this.loaded.compare(params, progress),
  };

  constructor(private readonly post: (message: FromWorker) => void) {}

  receive(message: ToWorker): void {
    if (message.type === 'abort') {
      this.stopped.add(message.id);
      return;
    }
    const { id, method, params, abortFlag } = message;
    const progress = {
      emit: (event: unknown) => this.post({ type: 'event', id, event }),
      aborted: () => this.stopped.has(id) || (abortFlag !== undefined && Atomics.load(abortFlag, 0) !== 0),
    };
    this.handle(method, params, progress)
      .then(
        (result) => this.post({ type: 'result', id, result }),
        (error: unknown) => this.post({ type: 'error', id, error: errorToData(error) }),
      )
      .finally(() => this.stopped.delete(id));
  }

  /** What a handler throws before its first wait is a rejection, too. */
  private async handle(method: MethodName, params: unknown, progress: unknown): Promise<unknown> {
    const handler = this.handlers[method] as (params: unknown, progress: unknown) => Promise<unknown>;
    return handler(params, progress);
  }

  private get loaded(): ModelSession {
    if (this.session !== undefined) return this.session;
    throw new JambalayaError('usage', { argument: 'worker', expected: 'a loaded model', found: 'none' });
  }
}
