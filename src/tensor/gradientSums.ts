/** Sums of gradients, by the storage that they belong to. */
import { accumulate } from './ops/accumulate.js';
import { fill } from './ops/fill.js';
import { unscoped } from './scope.js';
import { countOf, type Shape } from './shape.js';
import { type Storage, Tensor } from './tensor.js';

/** A tensor's place in its storage, without keeping the storage alive. */
export interface Place {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: Shape;
}

export const placeOf = (tensor: Tensor): Place => ({
  storage: tensor.storage,
  offset: tensor.offset,
  shape: tensor.shape,
});

export class GradientSums {
  /** Flat gradients of whole storages; `owned` ones are nobody else's and may be added to in place. */
  private readonly sums = new Map<Storage, { readonly gradient: Tensor; readonly owned: boolean }>();

  /** @param wanted storages whose gradients survive `drop` */
  constructor(private readonly wanted: ReadonlySet<Storage>) {}

  /** Adds `gradient` to the place's part of its storage's gradient. */
  add(place: Place, gradient: Tensor): void {
    const { storage } = place;
    const size = countOf(place.shape);
    const whole = size === storage.length;
    const sum = this.sums.get(storage);
    if (sum === undefined && whole) {
      // The rule may have handed the same tensor to several inputs: not ours alone.
      this.replace(storage, unscoped(() => new Tensor(gradient.storage, [size], gradient.offset)), false);
      return;
    }
    if (sum === undefined || !sum.owned) {
      const zeros = unscoped(() => fill(storage.device, [storage.length], 0));
      if (sum !== undefined) accumulate(zeros, sum.gradient);
      this.replace(storage, zeros, true);
    }
    using part = this.sums.get(storage)!.gradient.range(place.offset, place.offset + size);
    accumulate(part, gradient);
  }

  /** The gradient that has come to a place so far. */
  find(place: Place): Tensor | undefined {
    const sum = this.sums.get(place.storage);
    if (sum === undefined) return undefined;
    return new Tensor(sum.gradient.storage, place.shape, sum.gradient.offset + place.offset);
  }

  /** The place's gradient, zeros if none came. */
  take(place: Place): Tensor {
    const found = this.find(place);
    return found ?? fill(place.storage.device, place.shape, 0);
  }

  /** Forgets the gradient of what an op made: nothing further back needs it. */
  drop(storage: Storage): void {
    if (this.wanted.has(storage)) return;
    this.sums.get(storage)?.gradient.dispose();
    this.sums.delete(storage);
  }

  dispose(): void {
    for (const { gradient } of this.sums.values()) gradient.dispose();
    this.sums.clear();
  }

  private replace(storage: Storage, gradient: Tensor, owned: boolean): void {
    this.sums.get(storage)?.gradient.dispose();
    this.sums.set(storage, { gradient, owned });
  }
}
