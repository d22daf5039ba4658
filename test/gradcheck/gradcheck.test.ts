/** Every gradient rule against central differences, in float64 on the reference device. */
import { describe, expect, it } from 'vitest';
import { decodeCommands, type OpName, opNames } from '../../src/contract/index.js';
import { ReferenceDevice } from '../../src/devices/index.js';
import { rules } from '../../src/tensor/rules.js';
import { cases } from './cases.js';
import { differenceTolerance, differentiatedInputs, directional, lossAt, taped, valuesOf } from './gradcheck.js';

/** Notes which ops run. */
class ObservedDevice extends ReferenceDevice {
  readonly ran: OpName[] = [];

  override submit(words: Int32Array): void {
    for (const { name } of decodeCommands(words)) this.ran.push(name);
    super.submit(words);
  }
}

describe.each(opNames)('%s', (op) => {
  const tests = cases[op];
  if (typeof tests === 'string') {
    it(`has no gradient: it ${tests}`, () => expect(rules[op].backward).toBeNull());
    return;
  }

  it('has a gradient', () => expect(rules[op].backward).not.toBeNull());

  it.each(tests)('$title: the tape agrees with central differences', async (test) => {
    const device = new ObservedDevice();
    await lossAt(device, test, valuesOf(test));
    expect(device.ran).toContain(op);
    const gradients = await taped(device, test);
    for (const [name, gradient] of gradients) {
      const { taped, measured, scale } = await directional(device, test, name, gradient);
      expect(Math.abs(taped - measured) / scale, `${name}: taped ${taped}, measured ${measured}`).toBeLessThan(
        differenceTolerance,
      );
    }
    expect(device.memory.bytes).toBe(0);
  });

  it.each(tests)('$title: one gradient at a time is the same, for no more work', async (test) => {
    const device = new ObservedDevice();
    const gradients = await taped(device, test);
    const all = device.ran.length;
    for (const name of differentiatedInputs(test)) {
      device.ran.length = 0;
      const alone = await taped(device, test, [name]);
      expect(alone.get(name)).toEqual(gradients.get(name));
      expect(device.ran.length).toBeLessThanOrEqual(all);
    }
  });
});
