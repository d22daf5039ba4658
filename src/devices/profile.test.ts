import { describe, expect, it } from 'vitest';
import { type Device, encodeCommand, matmulModes, type OpArguments, opNames } from '../contract/index.js';
import { isJambalayaError } from '../errors/index.js';
import { nativeInstructionSets, openDevice, Profile, ReferenceDevice } from './index.js';

const names = nativeInstructionSets().length > 0 ? (['native', 'wasm'] as const) : (['wasm'] as const);

const concatenated = (...parts: Int32Array[]) => Int32Array.from(parts.flatMap((part) => [...part]));

/** x (2, 3) times the transpose of w (4, 3), then silu of the result, as one submission. */
function twoCommands(device: Device) {
  const x = device.allocate('f32', 6);
  const w = device.allocate('bf16', 12);
  const product = device.allocate('f32', 8);
  const out = device.allocate('f32', 8);
  device.write(x, Float32Array.from([1, 2, 3, 4, 5, 6]));
  device.write(w, new Uint16Array(12).fill(0x3f80));
  const at = (handle: number) => ({ handle, offset: 0 });
  const sizes = { rows: 2, inner: 3, columns: 4 };
  const operands = { ...sizes, mode: matmulModes.nt, a: at(x), b: at(w), out: at(product) };
  const words = concatenated(
    encodeCommand('matmul', operands as unknown as OpArguments<'matmul'>),
    encodeCommand('silu', { x: at(product), out: at(out), count: 8 } as unknown as OpArguments<'silu'>),
  );
  return { words, out, handles: [x, w, product, out] };
}

interface Trace {
  readonly traceEvents: readonly {
    readonly ph: string;
    readonly name: string;
    readonly pid: number;
    readonly tid: number;
    readonly ts: number;
    readonly dur: number;
    readonly cat?: string;
    readonly args?: Readonly<Record<string, number | string>>;
  }[];
}

describe.each(names)('a profile of %s', (name) => {
  it('counts every op of every submission, by phase, and changes no result', async () => {
    const device = await openDevice({ name });
    const { words, out, handles } = twoCommands(device);
    device.submit(words);
    const expected = [...(await device.read(out, 0, 8))];
    const profile = new Profile(device);
    device.submit(words);
    profile.begin('first');
    device.submit(words);
    profile.begin('second');
    for (let i = 0; i < 3; i++) device.submit(words);
    profile.end();
    device.submit(words);
    expect([...(await device.read(out, 0, 8))]).toEqual(expected);
    const rows = profile.table();
    const calls = rows.map(({ phase, op, calls }) => `${phase}: ${calls} ${op}`).sort();
    expect(calls).toEqual(['first: 1 matmul 3×4 bf16', 'first: 1 silu', 'second: 3 matmul 3×4 bf16', 'second: 3 silu']);
    for (const phase of ['first', 'second']) {
      const shares = rows.filter((row) => row.phase === phase).map(({ share }) => share);
      expect(shares.reduce((total, share) => total + share)).toBeCloseTo(1, 12);
    }
    const product = rows.find(({ op }) => op.startsWith('matmul'))!;
    const nanoseconds = 1e6 * product.milliseconds;
    expect(product.gigaOpsPerSecond).toBeCloseTo((product.calls * 2 * 2 * 3 * 4) / nanoseconds, 9);
    expect(product.gigabytesPerSecond).toBeCloseTo((product.calls * 2 * 3 * 4) / nanoseconds, 9);
    const silu = rows.find(({ op }) => op === 'silu')!;
    expect(silu.gigabytesPerSecond).toBeCloseTo((silu.calls * 2 * 4 * 8) / (1e6 * silu.milliseconds), 9);
    expect(silu).not.toHaveProperty('gigaOpsPerSecond');
    for (const handle of handles) device.free(handle);
    device.dispose();
  });

  it('writes a trace whose events nest: ops one after the other, within their phases', async () => {
    const device = await openDevice({ name });
    const { words } = twoCommands(device);
    const profile = new Profile(device);
    profile.begin('first');
    device.submit(words);
    profile.begin('second');
    device.submit(words);
    profile.end();
    const { traceEvents } = JSON.parse(profile.chromeTrace()) as Trace;
    const complete = traceEvents.filter(({ ph }) => ph === 'X');
    expect(traceEvents.every(({ ph, pid }) => (ph === 'X' || ph === 'M') && pid === 1)).toBe(true);
    for (const { ts, dur } of complete) expect(ts >= 0 && dur >= 0 && Number.isFinite(ts + dur)).toBe(true);
    const phases = complete.filter(({ cat }) => cat === 'phase');
    const events = complete.filter(({ cat }) => cat === 'op');
    expect(phases.map((phase) => phase.name)).toEqual(['first', 'second']);
    expect(events.map((event) => event.name)).toEqual(['matmul', 'silu', 'matmul', 'silu']);
    expect(events[0]!.args).toMatchObject({ rows: 2, inner: 3, columns: 4 });
    expect(events.every(({ name: op }) => (opNames as readonly string[]).includes(op))).toBe(true);
    events.forEach(({ ts, dur, tid }, i) => {
      expect(tid).toBe(events[0]!.tid);
      // The clocks of a submission and of its commands differ by less than a millisecond.
      const phase = phases[i < 2 ? 0 : 1]!;
      expect(ts).toBeGreaterThanOrEqual(phase.ts - 1000);
      expect(ts + dur).toBeLessThanOrEqual(phase.ts + phase.dur + 1000);
      if (i > 0) expect(ts).toBeGreaterThanOrEqual(events[i - 1]!.ts + events[i - 1]!.dur - 1e-6);
    });
    device.dispose();
  });

  it('a command that fails is told as it is without a profile', async () => {
    const device = await openDevice({ name });
    const { words } = twoCommands(device);
    const broken = words.slice();
    // The handle of silu's operand.
    broken[words[1]! + 2] = 999;
    const plain = caught(() => device.submit(broken));
    using profile = new Profile(device);
    profile.begin('all');
    const profiled = caught(() => device.submit(broken));
    expect(isJambalayaError(plain, 'device')).toBe(true);
    expect(profiled).toMatchObject({ message: (plain as Error).message });
    for (const malformed of [[1], [41, 1], [41, 500, 3]]) {
      expect(
        isJambalayaError(
          caught(() => device.submit(Int32Array.from(malformed))),
          'device',
        ),
      ).toBe(true);
    }
    profile.end();
    expect(profile.table()).toEqual([]);
    device.dispose();
  });

  it('tells what the device can do at most', async () => {
    const device = await openDevice({ name });
    const ceilings = device.ceilings!();
    expect(Object.keys(ceilings).sort()).toEqual([
      'bf16GigaFlopsPerSecond',
      'f32GigaFlopsPerSecond',
      'int8GigaOpsPerSecond',
      'readGigabytesPerSecond',
    ]);
    // Wide, so that it holds under emulation and beside any other work, and yet finds loops that were optimised away.
    for (const value of Object.values(ceilings)) expect(value > 0.005 && value < 100_000).toBe(true);
    device.dispose();
  });
});

function caught(body: () => void): unknown {
  try {
    body();
  } catch (error) {
    return error;
  }
  return undefined;
}

it('refuses devices that time nothing', () => {
  expect(() => new Profile(new ReferenceDevice())).toThrow(/a profile is not available: device reference/);
});
