/** Every gradient rule against central differences, in float64 on the reference device. */
import { describe, expect, it } from 'vitest';
import { type Device, opNames } from '../../src/contract/index.js';
import { ReferenceDevice } from '../../src/devices/index.js';
import { rules, scale, Tensor } from '../../src/tensor/index.js';
import { cases } from './cases.js';
import {
  differenceTolerance,
  differentiatedInputs,
  directional,
  type GradientCase,
  lossAt,
  taped,
  valuesOf,
} from './gradcheck.js';
import { ObservedDevice } from './observed.js';

/** The tape's derivative in a random direction of each input beside the measured one. */
async function compare(device: Device, test: GradientCase): Promise<{ name: string; error: number; words: string }[]> {
  const results: { name: string; error: number; words: string }[] = [];
  for (const [name, gradient] of await taped(device, test)) {
    const { taped, measured, scale } = await directional(device, test, name, gradient);
    results.push({ name, error: Math.abs(taped - measured) / scale, words: `taped ${taped}, measured ${measured}` });
  }
  return results;
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
    expect(device.commands.map(({ name }) => name)).toContain(op);
    for (const { name, error, words } of await compare(device, test)) {
      expect(error, `${name}: ${words}`).toBeLessThan(differenceTolerance);
    }
    expect(device.memory.bytes).toBe(0);
  });

  it.each(tests)('$title: one gradient at a time is the same, for no more work', async (test) => {
    const device = new ObservedDevice();
    const gradients = await taped(device, test);
    const all = device.commands.length;
    for (const name of differentiatedInputs(test)) {
      device.commands.length = 0;
      const alone = await taped(device, test, [name]);
      expect(alone.get(name)).toEqual(gradients.get(name));
      expect(device.commands.length).toBeLessThanOrEqual(all);
    }
  });

  it('is held to it: an error of one part in ten thousand in any one gradient is noticed', async () => {
    const rule = rules[op].backward as unknown as ErasedRule;
    const original = rule.gradients.bind(rule);
    const operands = new Set<string>();
    const noticed = new Set<string>();
    for (const test of tests) {
      rule.gradients = (...args) => {
        const gradients = original(...args);
        for (const [operand, value] of Object.entries(gradients)) if (value !== undefined) operands.add(operand);
        return gradients;
      };
      await taped(new ReferenceDevice(), test);
      for (const operand of operands) {
        rule.gradients = (...args) => {
          const gradients = original(...args);
          return { ...gradients, [operand]: offBy(1e-4, gradients[operand]) };
        };
        const results = await compare(new ReferenceDevice(), test);
        if (results.some(({ error }) => error > differenceTolerance)) noticed.add(operand);
      }
    }
    rule.gradients = original;
    expect(operands.size).toBeGreaterThan(0);
    expect([...noticed].sort()).toEqual([...operands].sort());
  });
});

type Gradient = Tensor | readonly (Tensor | undefined)[] | undefined;
interface ErasedRule {
  gradients: (...args: unknown[]) => Record<string, Gradient>;
}

function offBy(fraction: number, gradient: Gradient): Gradient {
  if (gradient === undefined) return undefined;
  return gradient instanceof Tensor
    ? scale(gradient, 1 + fraction)
    : gradient.map((part) => part && scale(part, 1 + fraction));
}
