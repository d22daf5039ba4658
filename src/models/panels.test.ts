import { describe, expect, it } from 'vitest';
import { openDevice } from '../devices/index.js';
import { encodeSafetensors, memoryFolder, openCheckpoint } from '../formats/index.js';
import { packPanels, scope, Tensor } from '../tensor/index.js';
import { panelLayouts, panelMetadata, rowsOfPanels, storedShape } from './panels.js';

const layout = { rows: [17, 3], columns: 37 };

async function checkpointWith(metadata: Record<string, string>, dtype: 'I8' | 'BF16' = 'I8') {
  const shape = storedShape(layout);
  const bytes = new Uint8Array(shape[0] * shape[1] * (dtype === 'I8' ? 1 : 2));
  const file = encodeSafetensors([{ name: 'w', dtype, shape, bytes }], metadata);
  return openCheckpoint(
    memoryFolder('m', { 'config.json': new TextEncoder().encode('{}'), 'model.safetensors': file }),
  );
}

describe('rowsOfPanels', () => {
  it('gives back the rows that were packed, part by part', async () => {
    const device = await openDevice({ name: 'reference' });
    const rows = Int8Array.from({ length: 20 * 37 }, (_, i) => (i * 31) % 255);
    const panels = scope(() => {
      const all = Tensor.from(device, [20, 37], rows);
      return [packPanels(all.range(0, 17)), packPanels(all.range(17, 20))];
    });
    const stored = [];
    for (const part of panels) stored.push(...((await part.read()) as Int8Array));
    expect(stored.length).toBe(storedShape(layout)[0] * storedShape(layout)[1]);
    expect(rowsOfPanels(Int8Array.from(stored), layout)).toEqual(rows);
    for (const part of panels) part.dispose();
    device.dispose();
  });
});

describe('panelLayouts', () => {
  it('reads what panelMetadata wrote', async () => {
    const checkpoint = await checkpointWith(panelMetadata({ w: layout }));
    expect([...panelLayouts(checkpoint)]).toEqual([['w', layout]]);
    await checkpoint.close();
  });
  it('finds none without metadata', async () => {
    expect(panelMetadata({})).toEqual({});
    const checkpoint = await checkpointWith({});
    expect(panelLayouts(checkpoint).size).toBe(0);
    await checkpoint.close();
  });
  it('refuses panels of another dtype than int8', async () => {
    const checkpoint = await checkpointWith(panelMetadata({ w: layout }), 'BF16');
    expect(() => panelLayouts(checkpoint)).toThrow('w as BF16');
    await checkpoint.close();
  });
  it.each([
    ['{', 'no JSON'],
    ['[]', 'no object'],
    ['{"w": 3}', 'another description of w'],
    ['{"w": {"rows": [17, -3], "columns": 37}}', 'another description of w'],
    ['{"w": {"rows": [17, 3], "columns": 1e300}}', 'another description of w'],
    ['{"w": {"rows": [17], "columns": 37}}', 'other sizes for w'],
    ['{"v": {"rows": [17, 3], "columns": 37}}', 'other sizes for v'],
  ])('refuses %s', async (text, found) => {
    const checkpoint = await checkpointWith({ 'jambalaya.panels': text });
    expect(() => panelLayouts(checkpoint)).toThrow(found);
    await checkpoint.close();
  });
});
