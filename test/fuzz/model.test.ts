/**
 * Damaged models: configs and weights of every golden set, mutated, loaded and run. Whatever comes, it is a model that runs
 * within its memory, or a typed error that says what was expected.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openDevice, PlanningDevice } from '../../src/devices/index.js';
import { isJambalayaError } from '../../src/errors/index.js';
import { memoryFolder, openCheckpoint } from '../../src/formats/index.js';
import { loadCheckpoint } from '../../src/models/index.js';
import { Segments } from '../../src/nn/index.js';
import { scope } from '../../src/tensor/index.js';
import { mutateJson, mutateSafetensors, seededRandom } from './mutate.js';

const count = Number(process.env.JAMBALAYA_FUZZ_COUNT ?? 1500);
const timeout = 60_000 + count * 40;
const golden = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/golden/${name}`, import.meta.url)));
const sets = ['jamba-moe', 'jamba-dense', 'jamba-stacked', 'bert-tiny'].map((set) => ({
  config: golden(`${set}/config.json`),
  weights: golden(`${set}/model.safetensors`),
}));

/** Numbers and values that a config's author did not think of. */
const strange = [0, -1, 1, 2, 3, 7, 0.5, 1e9, 2 ** 53, -0, 1e308, '16', 'auto', 'silu', null, true, [], {}, [1, 2]];

function mutateConfig(text: string, random: ReturnType<typeof seededRandom>): string {
  const config = JSON.parse(text) as Record<string, unknown>;
  const keys = Object.keys(config);
  for (let i = random.below(3); i >= 0; i--) {
    const key = keys[random.below(keys.length)]!;
    if (random.below(4) === 0) delete config[key];
    else config[key] = strange[random.below(strange.length)];
  }
  return JSON.stringify(config);
}

/** Names what came out, and fails on anything but a model or a typed error. */
async function outcome(attempt: () => Promise<void>): Promise<string> {
  try {
    await attempt();
    return 'model';
  } catch (error) {
    if (isJambalayaError(error)) return error.code;
    throw error;
  }
}

describe('damaged models', () => {
  it(
    'configs',
    async () => {
      const outcomes = new Map<string, number>();
      for (let n = 0; n < count; n++) {
        const random = seededRandom(n);
        const set = sets[n % sets.length]!;
        const text = new TextDecoder().decode(set.config);
        const config = n % 3 === 0 ? mutateJson(text, random) : mutateConfig(text, random);
        const folder = memoryFolder('fuzzed', {
          'config.json': new TextEncoder().encode(config),
          'model.safetensors': set.weights,
        });
        const device = new PlanningDevice();
        const result = await outcome(async () => {
          const checkpoint = await openCheckpoint(folder);
          const { model } = await loadCheckpoint(checkpoint, device);
          model.dispose();
        });
        expect(device.memory.bytes, `case ${n}`).toBe(0);
        expect(device.memory.peakBytes, `case ${n}`).toBeLessThan(64 * set.weights.length);
        outcomes.set(result, (outcomes.get(result) ?? 0) + 1);
      }
      expect(outcomes.get('model')).toBeGreaterThan(0);
      expect(outcomes.get('config')).toBeGreaterThan(0);
    },
    timeout,
  );

  it(
    'weights that load are run',
    async () => {
      const device = await openDevice();
      let ran = 0;
      for (let n = 0; n < count / 4; n++) {
        const random = seededRandom(n);
        const set = sets[n % sets.length]!;
        const weights = n % 2 === 0 ? mutateSafetensors(set.weights, random) : set.weights.slice();
        // Any bytes are numbers of some kind, NaN and infinity among them.
        if (n % 2 === 1)
          for (let i = 0; i < 2000; i++) weights[random.below(weights.length - 20_000) + 20_000] = random.below(256);
        const folder = memoryFolder('fuzzed', { 'config.json': set.config, 'model.safetensors': weights });
        await outcome(async () => {
          const checkpoint = await openCheckpoint(folder);
          const { model } = await loadCheckpoint(checkpoint, device);
          const logits = scope(() => model.forward({ ids: [3, 4, 5, 6], segments: new Segments(device, [4]) }).logits!);
          logits.dispose();
          model.dispose();
          ran++;
        });
        expect(device.memory.bytes, `case ${n}`).toBe(0);
      }
      expect(ran).toBeGreaterThan(0);
      device.dispose();
    },
    timeout,
  );
});
