/** Sums of gradients, by the storage that they belong to. */
import { accumulate } from './ops/accumulate.js';
import { add } from './ops/add.js';
import { copy } from './ops/copy.js';
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
  /** Flat f32 gradients of whole storages. */
  private readonly sums = new Map<Storage, Tensor>();
  /** What the scalar depends on, also where its gradient is zero. */
  private readonly reached = new Set<Storage>();

  /** @param wanted storages whose gradients survive `drop` */
  constructor(private readonly wanted: ReadonlySet<Storage>) {}

  /** Adds `gradient` to the place's part of its storage's gradient. */
  add(place: Place, gradient: Tensor): void {
    const { storage } = place;
    this.reached.add(storage);
    const size = countOf(place.shape);
    const sum = this.sums.get(storage);
    if (sum === undefined && size === storage.length) {
      this.replace(
        storage,
        unscoped(() => new Tensor(gradient.storage, [size], gradient.offset)),
      );
      return;
    }
    if (sum === undefined) {
      this.replace(
        storage,
        unscoped(() => fill(storage.device, [storage.length], 0)),
      );
    } else if (sum.storage.shared) {
      // A rule may hand one tensor to several inputs, or hand on the gradient that it got: not ours to add to.
      const apart = unscoped(() => {
        if (size !== storage.length) return copied(sum);
        using more = new Tensor(gradient.storage, [size], gradient.offset);
        return add(sum, more);
      });
      this.replace(storage, apart);
      if (size === storage.length) return;
    }
    using part = this.sums.get(storage)!.range(place.offset, place.offset + size);
    accumulate(part, gradient);
  }

  /** Adds the gradients of a list; those that lie in memory as their places do go together, as a stacked parameter's. */
  addAll(places: readonly Place[], gradients: readonly (Tensor | undefined)[]): void {
    for (let i = 0; i < places.length; ) {
      const [first, start] = [places[i]!, gradients[i]];
      let size = countOf(first.shape);
      let next = i + 1;
      while (start !== undefined && next < places.length) {
        const [place, gradient] = [places[next]!, gradients[next]];
        if (place.storage !== first.storage || place.offset !== first.offset + size) break;
        if (gradient?.storage !== start.storage || gradient.offset !== start.offset + size) break;
        size += countOf(place.shape);
        next++;
      }
      if (start !== undefined) {
        this.add({ ...first, shape: [size] }, new Tensor(start.storage, [size], start.offset));
      }
      i = next;
    }
  }

  /** The scalar depends on it, whether or not a rule has a gradient for it. */
  reach(storage: Storage): void {
    this.reached.add(storage);
  }

  hasReached(storage: Storage): boolean {
    return this.reached.has(storage);
  }

  /** The gradient that has come to a place so far. */
  find(place: Place): Tensor | undefined {
    const sum = this.sums.get(place.storage);
    return sum && new Tensor(sum.storage, place.shape, sum.offset + place.offset);
  }

  /** The place's gradient for the caller to keep, sharing memory with no other; zeros if none came. */
  take(place: Place): Tensor {
    const shared = this.sums.get(place.storage)?.storage.shared ?? false;
    const found = this.find(place);
    if (found === undefined) return fill(place.storage.device, place.shape, 0);
    return shared ? copied(found) : found;
  }

  /** Forgets the gradient of what an op made: nothing further back needs it. */
  drop(storage: Storage): void {
    if (this.wanted.has(storage)) return;
    this.sums.get(storage)?.dispose();
    this.sums.delete(storage);
  }

  dispose(): void {
    for (const gradient of this.sums.values()) gradient.dispose();
    this.sums.clear();
  }

  private replace(storage: Storage, gradient: Tensor): void {
    this.sums.get(storage)?.dispose();
    this.sums.set(storage, gradient);
  }
}

function copied(tensor: Tensor): Tensor {
  const into = Tensor.empty(tensor.device, tensor.shape);
  copy(into, tensor);
  return into;
}
