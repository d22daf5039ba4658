/**
 * Where the time of a device goes, op by op: collected while it runs, told as a table or as a trace in Chrome's format, which
 * Perfetto (ui.perfetto.dev) and chrome://tracing open.
 */
import {
  type Command,
  type Device,
  type DType,
  decodeCommands,
  dtypeBytes,
  type OpSchema,
  ops,
  type Ref,
  type SubmissionTimes,
} from '../contract/index.js';
import { JambalayaError } from '../errors/index.js';

/** All calls of one op, within one phase of the program. */
export interface ProfileRow {
  readonly phase: string;
  /** The op; a product of matrices with its inner size, its columns and what its weight is stored as. */
  readonly op: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Of the phase's time in ops. */
  readonly share: number;
  /** Weights of a product (of a grouped one, of as many experts as there are rows at most), operands of an elementwise op. */
  readonly gigabytesPerSecond?: number;
  /** Multiplications and additions of a product. */
  readonly gigaOpsPerSecond?: number;
}

/** What a command is, without when it ran. */
interface Work {
  readonly op: string;
  readonly label: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly operations: number;
  /** Of a product: what its weight is multiplied with. */
  readonly activations?: DType;
}

interface Event {
  readonly work: Work;
  readonly phase: number;
  readonly startMilliseconds: number;
  readonly nanoseconds: number;
}

interface Span {
  readonly name: string;
  readonly startMilliseconds: number;
  endMilliseconds: number;
}

export class Profile implements Disposable {
  private readonly events: Event[] = [];
  private readonly phases: Span[] = [];
  /** A captured step is submitted again and again as the same words. */
  private readonly known = new WeakMap<Int32Array, readonly Work[]>();

  /** @throws `unavailable` for a device that does not time its commands */
  constructor(private readonly device: Device) {
    if (device.observe === undefined) {
      throw new JambalayaError('unavailable', { what: 'a profile', reason: `device ${device.name} times no commands` });
    }
  }

  /** Collects from here on, as a phase of this name: rows of the table do not mix phases. Ends the phase before it. */
  begin(phase: string): void {
    this.end();
    this.phases.push({ name: phase, startMilliseconds: performance.now(), endMilliseconds: Number.NaN });
    this.device.observe?.((times) => this.add(times));
  }

  /** Collects nothing more, until the next `begin`. */
  end(): void {
    this.device.observe?.();
    const last = this.phases.at(-1);
    if (last !== undefined && Number.isNaN(last.endMilliseconds)) last.endMilliseconds = performance.now();
  }

  [Symbol.dispose](): void {
    this.end();
  }

  /** Phase by phase, what took longest first. */
  table(): ProfileRow[] {
    const rows: ProfileRow[] = [];
    for (const [index, { name }] of this.phases.entries()) {
      const groups = new Map<string, Event[]>();
      let total = 0;
      for (const event of this.events) {
        if (event.phase !== index) continue;
        total += event.nanoseconds;
        const group = groups.get(event.work.label);
        if (group === undefined) groups.set(event.work.label, [event]);
        else group.push(event);
      }
      const made = [...groups].map(([op, events]) => row(name, op, events, total));
      rows.push(...made.sort((a, b) => b.milliseconds - a.milliseconds));
    }
    return rows;
  }

  /** The products that ran, one entry a command: what was multiplied with weights, and how many operations that were. */
  products(): { readonly activations: DType; readonly operations: number }[] {
    return this.events.flatMap(({ work: { activations, operations } }) =>
      activations === undefined ? [] : [{ activations, operations }],
    );
  }

  /** Milliseconds of each phase on the wall clock, in order; what its ops do not fill is the host's. */
  get wallMilliseconds(): { readonly phase: string; readonly milliseconds: number }[] {
    return this.phases.map(({ name, startMilliseconds, endMilliseconds }) => ({
      phase: name,
      milliseconds: endMilliseconds - startMilliseconds,
    }));
  }

  /** The trace as JSON: one track of phases, one of ops, in microseconds from the beginning. */
  chromeTrace(): string {
    const origin = this.phases[0]?.startMilliseconds ?? 0;
    const microseconds = (milliseconds: number) => 1000 * (milliseconds - origin);
    const named = (name: string, tid: number, value: string) => ({ ph: 'M', pid: 1, tid, name, args: { name: value } });
    const { name, isa, threads } = this.device;
    const traceEvents = [
      named('process_name', 0, `jambalaya on ${name} ${isa}, ${threads} threads`),
      named('thread_name', 1, 'phases'),
      named('thread_name', 2, 'ops'),
      ...this.phases.map((span) => ({
        ph: 'X',
        pid: 1,
        tid: 1,
        cat: 'phase',
        name: span.name,
        ts: microseconds(span.startMilliseconds),
        dur: 1000 * (span.endMilliseconds - span.startMilliseconds),
      })),
      ...this.events.map(({ work, startMilliseconds, nanoseconds }) => ({
        ph: 'X',
        pid: 1,
        tid: 2,
        cat: 'op',
        name: work.op,
        ts: microseconds(startMilliseconds),
        dur: nanoseconds / 1000,
        args: work.numbers,
      })),
    ];
    return JSON.stringify({ displayTimeUnit: 'ns', traceEvents });
  }

  private add({ words, startMilliseconds, nanoseconds, dtypeOf }: SubmissionTimes): void {
    let works = this.known.get(words);
    if (works === undefined) {
      works = decodeCommands(words).map((command) => workOf(command, dtypeOf));
      this.known.set(words, works);
    }
    works.forEach((work, i) => {
      const begin = nanoseconds[2 * i]!;
      this.events.push({
        work,
        phase: this.phases.length - 1,
        startMilliseconds: startMilliseconds + begin / 1e6,
        nanoseconds: nanoseconds[2 * i + 1]! - begin,
      });
    });
  }
}

function row(phase: string, op: string, events: readonly Event[], phaseNanoseconds: number): ProfileRow {
  const sum = (of: (event: Event) => number) => events.reduce((total, event) => total + of(event), 0);
  const nanoseconds = sum((event) => event.nanoseconds);
  const bytes = sum(({ work }) => work.bytes);
  const operations = sum(({ work }) => work.operations);
  return {
    phase,
    op,
    calls: events.length,
    milliseconds: nanoseconds / 1e6,
    share: nanoseconds / phaseNanoseconds,
    ...(bytes > 0 ? { gigabytesPerSecond: bytes / nanoseconds } : {}),
    ...(operations > 0 ? { gigaOpsPerSecond: operations / nanoseconds } : {}),
  };
}

/** Products are told by their sizes (rows, inner, columns) and their weight `b`, elementwise ops by their count. */
function workOf({ name, args }: Command, dtypeOf: (handle: number) => DType | undefined): Work {
  const schema: OpSchema = ops[name];
  const values = args as Readonly<Record<string, number | Ref | readonly Ref[] | undefined>>;
  const numbers = Object.fromEntries(schema.ints.map((field) => [field, values[field] as number]));
  const bytesEach = (ref: Ref) => dtypeBytes[dtypeOf(ref.handle) ?? 'f32'];
  const { rows, inner, columns, count } = numbers;
  const weights = values.b === undefined ? [] : ([values.b].flat() as Ref[]);
  if (rows !== undefined && inner !== undefined && columns !== undefined && weights.length > 0) {
    const dtype = dtypeOf(weights[0]!.handle) ?? 'f32';
    return {
      op: name,
      label: `${name} ${inner}×${columns} ${dtype}`,
      numbers,
      bytes: Math.min(weights.length, rows) * inner * columns * dtypeBytes[dtype],
      operations: 2 * rows * inner * columns,
      activations: dtypeOf((values.a as Ref | undefined)?.handle ?? 0) ?? 'f32',
    };
  }
  const operands = count === undefined ? [] : Object.keys(schema.tensors).flatMap((operand) => values[operand] ?? []);
  const bytes = (operands as Ref[]).reduce((total, ref) => total + (count ?? 0) * bytesEach(ref), 0);
  return { op: name, label: name, numbers, bytes, operations: 0 };
}
