/**
 * Initial-state tuning: the state that each Mamba layer's scan begins with, in the place of zeros. It costs nothing when
 * tokens are read, and changes nothing before it is trained.
 */
import { JambalayaError } from '../errors/index.js';
import type { ForwardOptions, ForwardOutput, Model } from '../models/index.js';
import { Segments, type State, type StatePool } from '../nn/index.js';
import { gatherRows, Tensor, unscoped } from '../tensor/index.js';
import type { Adapter, TextRows } from './adapter.js';

export class InitialState implements Adapter {
  readonly method = 'initial-state';
  readonly sizes = {};
  readonly prefixLength = 0;
  readonly parameters: ReadonlyMap<string, Tensor>;

  private constructor(
    /** By layer: (N, Di) at Mamba's. */
    private readonly states: readonly (Tensor | undefined)[],
    model: Model,
  ) {
    this.parameters = new Map(
      states.flatMap((state, i) =>
        state === undefined ? [] : [[`${model.description.layers[i]!.prefix}initial_state`, state] as const],
      ),
    );
  }

  /** @throws `unavailable` for a model without Mamba layers */
  static of(model: Model): InitialState {
    const { device, stateLayouts, description } = model;
    if (stateLayouts.every(({ kind }) => kind !== 'mamba')) {
      const reason = `${description.architecture} has no Mamba layer whose state could be trained`;
      throw new JambalayaError('unavailable', { what: 'the method initial-state', reason });
    }
    const zeros = (n: number, inner: number) =>
      unscoped(() => Tensor.from(device, [n, inner], new Float32Array(n * inner)));
    const states = stateLayouts.map((layout) =>
      layout.kind === 'mamba' ? zeros(layout.stateSize, layout.inner) : undefined,
    );
    return new InitialState(states, model);
  }

  forward(model: Model, { ids, lengths }: TextRows, rows: readonly number[], options: ForwardOptions): ForwardOutput {
    const { device } = model;
    const first = Tensor.from(device, [lengths.length], new Int32Array(lengths.length));
    const initialStates = this.states.map((state) => {
      if (state === undefined) return undefined;
      const [n, inner] = state.shape as [number, number];
      return { ssm: gatherRows(state.reshape([1, n * inner]), first).reshape([lengths.length, n, inner]) };
    });
    const segments = new Segments(device, lengths);
    return model.forward({ ids, segments }, { ...options, initialStates, logits: rows });
  }

  async prefix(_model: Model, pool: StatePool): Promise<State> {
    const state = pool.create();
    for (const [i, layout] of pool.layouts.entries()) {
      if (layout.kind !== 'mamba') continue;
      const conv = new Float32Array(layout.width * layout.inner);
      state.write(i, [[conv, await this.states[i]!.read()]]);
    }
    return state;
  }

  [Symbol.dispose](): void {
    for (const state of this.states) state?.dispose();
  }
}
