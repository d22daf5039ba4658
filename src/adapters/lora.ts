/** LoRA (Hu et al. 2021, arXiv 2106.09685): a product of two narrow matrices beside each projection that is named. */
import { JambalayaError } from '../errors/index.js';
import type { ForwardOptions, ForwardOutput, Model } from '../models/index.js';
import { type LowRank, type Projections, Segments } from '../nn/index.js';
import { Tensor, unscoped } from '../tensor/index.js';
import { Random } from '../training/index.js';
import type { Adapter, TextRows } from './adapter.js';

export interface LoraSizes {
  readonly rank: number;
  /** What is added is multiplied with alpha / rank. */
  readonly alpha: number;
  /** Last parts of the names of projections, as in PEFT, such as `q_proj`. */
  readonly targets: readonly string[];
}

/** As PEFT names them on disk. */
const nameOf = (projection: string, part: 'A' | 'B') => `base_model.model.${projection}.lora_${part}.weight`;

export class Lora implements Adapter {
  readonly method = 'lora';
  readonly prefixLength = 0;
  readonly parameters: ReadonlyMap<string, Tensor>;
  private readonly deltas: ReadonlyMap<string, LowRank>;

  private constructor(
    private readonly shape: LoraSizes,
    deltas: ReadonlyMap<string, LowRank>,
  ) {
    this.deltas = deltas;
    this.parameters = new Map(
      [...deltas].flatMap(([name, { a, b }]) => [
        [nameOf(name, 'A'), a],
        [nameOf(name, 'B'), b],
      ]),
    );
  }

  /** A as PEFT draws it (Kaiming's uniform numbers with a = √5: within ±1/√inputs), B of zeros: nothing is added yet. */
  static of(model: Model, sizes: LoraSizes, seed: number): Lora {
    const { rank, alpha } = sizes;
    const { device } = model;
    const deltas = new Map<string, LowRank>();
    for (const [name, [outputs, inputs]] of targeted(model, sizes.targets)) {
      const random = new Random(seed, `lora ${name}`);
      const bound = 1 / Math.sqrt(inputs);
      const a = Float32Array.from({ length: rank * inputs }, () => bound * (2 * random.uniform() - 1));
      deltas.set(
        name,
        unscoped(() => ({
          a: Tensor.from(device, [rank, inputs], a),
          b: Tensor.from(device, [outputs, rank], new Float32Array(outputs * rank)),
          scale: alpha / rank,
        })),
      );
    }
    return new Lora(sizes, deltas);
  }

  get sizes() {
    return { ...this.shape, targets: [...this.shape.targets] };
  }

  get projections() {
    return this;
  }

  lowRank(name: string): LowRank | undefined {
    return this.deltas.get(name);
  }

  forward(model: Model, { ids, lengths }: TextRows, rows: readonly number[], options: ForwardOptions): ForwardOutput {
    const segments = new Segments(
      model.device,
      lengths,
      undefined,
      lengths.map(() => this),
    );
    return model.forward({ ids, segments }, { ...options, logits: rows });
  }

  [Symbol.dispose](): void {
    for (const tensor of this.parameters.values()) tensor.dispose();
  }
}

/** All projections but routers and experts (docs/experiments: queries and values alone copy long numbers worse). */
export const usualTargets = ({ projections }: Model): string[] => [
  ...new Set(
    [...projections.keys()].flatMap((name) => (/\.router$|\.experts\./.test(name) ? [] : [name.split('.').at(-1)!])),
  ),
];

/** The model's projections whose names end in one of `targets`. Experts of a layer are taken together. */
function targeted({ projections, description }: Model, targets: readonly string[]): Projections {
  const ends = (name: string, target: string) => name === target || name.endsWith(`.${target}`);
  const known = [...new Set([...projections.keys()].map((name) => name.split('.').at(-1)!))];
  for (const target of targets) {
    if ([...projections.keys()].some((name) => ends(name, target))) continue;
    throw new JambalayaError('usage', {
      argument: 'targets',
      expected: `projections of ${description.architecture}, which are ${known.join(', ')}`,
      found: `"${target}"`,
    });
  }
  return new Map([...projections].filter(([name]) => targets.some((target) => ends(name, target))));
}
