import { describe, expect, it } from 'vitest';
import { findHardware, hardwareTable, hardwareTableDate, parseHardwareTable, peakFor } from './hardware.js';
import { hardwareData } from './hardwareData.js';

const whole = {
  id: 'my-card',
  name: 'My card',
  kind: 'gpu',
  year: 2026,
  memoryBytes: 24e9,
  memoryBytesPerSecond: 1e12,
  peakFlopsPerSecond: { f32: 1e13, bf16: 1e14 },
  interconnectBytesPerSecond: 32e9,
  powerWatts: 300,
  dollarsPerHour: { low: 0.1, high: 0.2 },
  source: 'its box',
};

describe('the built-in table', () => {
  it('is dated, is plain JSON, and passes the checks of a user’s table', () => {
    expect(hardwareTableDate).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(parseHardwareTable(JSON.parse(JSON.stringify(hardwareData)))).toEqual(hardwareTable);
  });

  it('says for every row where it comes from, and that its price is an assumption', () => {
    for (const row of hardwareTable) {
      expect(row.source, row.id).not.toBe('');
      expect(row.assumptions?.join(), row.id).toContain('dollars per hour');
    }
  });

  it('has dense peaks of the datasheets', () => {
    expect(findHardware('a100-80gb')).toMatchObject({ memoryBytes: 80e9, memoryBytesPerSecond: 2.039e12 });
    expect(findHardware('a100-80gb').peakFlopsPerSecond.bf16).toBe(312e12);
    expect(findHardware('h100').peakFlopsPerSecond).toMatchObject({ bf16: 989.5e12, int8: 1979e12 });
    expect(findHardware('v100-32gb').computeCapability).toBe(7);
  });

  it('grows from narrow to wide formats, as arithmetic units do', () => {
    for (const { id, peakFlopsPerSecond: peak } of hardwareTable) {
      expect(peak.int8 ?? Infinity, id).toBeGreaterThanOrEqual(peak.bf16 ?? 0);
      expect(peak.bf16 ?? peak.f16 ?? Infinity, id).toBeGreaterThanOrEqual(peak.tf32 ?? peak.f32 ?? 0);
    }
  });
});

describe('findHardware', () => {
  it('does not mind case and spaces around', () => {
    expect(findHardware(' H100 ').id).toBe('h100');
  });

  it.each([
    ['a100', 'a100-40gb'],
    ['v100', 'v100-16gb'],
    ['h100-80gb', 'h100'],
    ['rtx-4090-24gb', 'rtx-4090'],
  ])('takes %s for %s, the memory left out or added', (id, found) => {
    expect(findHardware(id).id).toBe(found);
    expect(() => findHardware('h100-40gb')).toThrow('hardware: expected one of');
  });

  it.each([
    ['a100-80', 'a100-80gb'],
    ['h-200', 'h200'],
    ['RTX4090', 'rtx-4090'],
    ['tpuv5e', 'tpu-v5e'],
  ])('names the nearest id to %s', (id, nearest) => {
    expect(() => findHardware(id)).toThrow(
      expect.objectContaining({ code: 'usage', hint: `did you mean ${nearest}?`, fields: expect.anything() }),
    );
  });

  it('refuses the empty id with a usage error', () => {
    expect(() => findHardware('')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('peakFor', () => {
  it('falls back to a wider format where there are no units for the narrow one', () => {
    expect(peakFor(findHardware('v100-32gb'), 'bf16')).toEqual({ flopsPerSecond: 125e12, computedIn: 'f16' });
    expect(peakFor(findHardware('a100-80gb'), 'fp8')).toEqual({ flopsPerSecond: 312e12, computedIn: 'bf16' });
    expect(peakFor(findHardware('tpu-v3'), 'f32').computedIn).toBe('bf16');
  });
});

describe('a user’s table', () => {
  it('adds whole rows before the built-in ones', () => {
    const table = parseHardwareTable({ hardware: [whole] });
    expect(table).toHaveLength(hardwareTable.length + 1);
    expect(findHardware('my-card', table)).toEqual(whole);
  });

  it('replaces single fields of a known row, and says that the source does not cover them', () => {
    const table = parseHardwareTable({ hardware: [{ id: 'h100', dollarsPerHour: { low: 1, high: 1 } }] }, 'mine.json');
    const { assumptions, ...row } = findHardware('h100', table);
    expect(row).toMatchObject({ dollarsPerHour: { low: 1, high: 1 }, memoryBytes: 80e9 });
    expect(assumptions).toContain('dollarsPerHour: from mine.json');
    expect(table).toHaveLength(hardwareTable.length);
  });

  const without = (name: keyof typeof whole) => ({ ...whole, [name]: undefined });
  it.each([
    ['no object', [], 'the whole'],
    ['an empty list', { hardware: [] }, 'hardware'],
    ['an unknown top field', { hardware: [whole], prices: 1 }, 'prices'],
    ['a date of another form', { date: 'today', hardware: [whole] }, 'date'],
    ['an unknown field', { hardware: [{ ...whole, price: 1 }] }, 'hardware[0].price'],
    ['an incomplete new row', { hardware: [without('powerWatts')] }, 'hardware[0].powerWatts'],
    ['zero bytes', { hardware: [{ ...whole, memoryBytes: 0 }] }, 'hardware[0].memoryBytes'],
    ['not a number', { hardware: [{ ...whole, memoryBytes: Number.NaN }] }, 'hardware[0].memoryBytes'],
    [
      'a negative price',
      { hardware: [{ id: 'h100', dollarsPerHour: { low: -1, high: 1 } }] },
      'hardware[0].dollarsPerHour.low',
    ],
    [
      'an upside-down price',
      { hardware: [{ id: 'h100', dollarsPerHour: { low: 2, high: 1 } }] },
      'hardware[0].dollarsPerHour.high',
    ],
    ['no peak', { hardware: [{ ...whole, peakFlopsPerSecond: {} }] }, 'hardware[0].peakFlopsPerSecond'],
    [
      'an unknown dtype',
      { hardware: [{ ...whole, peakFlopsPerSecond: { f64: 1 } }] },
      'hardware[0].peakFlopsPerSecond.f64',
    ],
    [
      'an infinite peak',
      { hardware: [{ ...whole, peakFlopsPerSecond: { f32: Infinity } }] },
      'hardware[0].peakFlopsPerSecond.f32',
    ],
    ['an unknown kind', { hardware: [{ ...whole, kind: 'npu' }] }, 'hardware[0].kind'],
    ['an id with spaces', { hardware: [{ ...whole, id: 'My card' }] }, 'hardware[0].id'],
    ['the same id twice', { hardware: [whole, whole] }, 'hardware[1].id'],
    ['assumptions that are no list', { hardware: [{ ...whole, assumptions: 'none' }] }, 'hardware[0].assumptions'],
  ])('refuses %s by name', (_, json, field) => {
    expect(() => parseHardwareTable(json, 'mine.json')).toThrow(
      expect.objectContaining({ code: 'config', fields: expect.objectContaining({ file: 'mine.json', field }) }),
    );
  });
});
