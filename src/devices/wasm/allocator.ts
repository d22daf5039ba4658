/** First-fit allocation in a linear memory that can grow: free ranges are kept sorted and merged. */

/** Blocks are multiples of a cache line, which is also enough for every vector. */
const alignment = 64;

export class LinearAllocator {
  /** Free ranges by rising offset; neighbours never touch. */
  private readonly free: { offset: number; bytes: number }[] = [];
  private readonly taken = new Map<number, number>();
  private end: number;

  /**
   * @param start first usable byte
   * @param reserve makes the memory at least `bytes` long, or throws
   */
  constructor(
    start: number,
    private readonly reserve: (bytes: number) => void,
  ) {
    this.end = roundUp(start);
  }

  /** The offset of `bytes` bytes; an empty block is a valid one. */
  take(bytes: number): number {
    const wanted = roundUp(Math.max(bytes, 1));
    const at = this.free.findIndex((range) => range.bytes >= wanted);
    let offset: number;
    if (at >= 0) {
      const range = this.free[at]!;
      offset = range.offset;
      if (range.bytes === wanted) this.free.splice(at, 1);
      else this.free[at] = { offset: range.offset + wanted, bytes: range.bytes - wanted };
    } else {
      const last = this.free[this.free.length - 1];
      const tail = last !== undefined && last.offset + last.bytes === this.end ? last : undefined;
      offset = tail?.offset ?? this.end;
      this.reserve(offset + wanted);
      if (tail !== undefined) this.free.pop();
      this.end = offset + wanted;
    }
    this.taken.set(offset, wanted);
    return offset;
  }

  give(offset: number): void {
    const bytes = this.taken.get(offset);
    if (bytes === undefined) throw new RangeError(`no block at ${offset}`);
    this.taken.delete(offset);
    let at = this.free.findIndex((range) => range.offset > offset);
    if (at < 0) at = this.free.length;
    const before = this.free[at - 1];
    const after = this.free[at];
    const joinsBefore = before !== undefined && before.offset + before.bytes === offset;
    const joinsAfter = after !== undefined && offset + bytes === after.offset;
    const start = joinsBefore ? before.offset : offset;
    const stop = joinsAfter ? after.offset + after.bytes : offset + bytes;
    this.free.splice(joinsBefore ? at - 1 : at, Number(joinsBefore) + Number(joinsAfter), {
      offset: start,
      bytes: stop - start,
    });
  }
}

const roundUp = (bytes: number) => Math.ceil(bytes / alignment) * alignment;
