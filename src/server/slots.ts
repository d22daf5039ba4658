/** What runs at the moment, for people who want to see it. */

export interface Slot {
  readonly id: number;
  readonly since: number;
  readonly prompts: number;
  state: 'queued' | 'reading' | 'answering';
  promptRead: number;
  made: number;
  close(): void;
}

export class Slots {
  private readonly active = new Map<number, Slot>();
  private next = 0;

  open(prompts: number): Slot {
    const id = this.next++;
    const close = () => void this.active.delete(id);
    const slot: Slot = { id, since: Date.now(), prompts, state: 'queued', promptRead: 0, made: 0, close };
    this.active.set(id, slot);
    return slot;
  }

  get all(): readonly Slot[] {
    return [...this.active.values()];
  }
}
