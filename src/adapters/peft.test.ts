import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { loadSet } from '../../test/golden/support.js';
import { openDevice } from '../devices/index.js';
import { writeSafetensors } from '../formats/index.js';
import { checkpointTensors } from '../training/index.js';
import { type Adapter, Lora, loadAdapter, SoftPrompt } from './index.js';

const folder = await mkdtemp(join(tmpdir(), 'peft-'));
const device = await openDevice();
const model = await loadSet('llama-tiny', device);
afterAll(async () => {
  model.dispose();
  expect(device.memory.bytes).toBe(0);
  device.dispose();
  await rm(folder, { recursive: true, force: true });
});

const lora = { peft_type: 'LORA', r: 2, lora_alpha: 6, target_modules: 'a pattern', bias: 'none', use_dora: false };

async function read(adapter: Adapter, config: object): Promise<Adapter> {
  const tensors = checkpointTensors(new Map([['', adapter.parameters]]));
  await writeSafetensors(join(folder, 'adapter_model.safetensors'), tensors, { format: 'pt' });
  await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(config));
  return loadAdapter(folder, { model });
}

it('reads LoRA and soft prompts as PEFT writes them', async () => {
  const adapters: [Adapter, object][] = [
    [Lora.of(model, { rank: 2, alpha: 6, targets: ['q_proj', 'down_proj'] }, 3), lora],
    [SoftPrompt.of(model, [5, 6, 7]), { peft_type: 'PROMPT_TUNING', num_virtual_tokens: 3 }],
  ];
  for (const [adapter, config] of adapters) {
    const found = await read(adapter, config);
    expect([...found.parameters.keys()].sort()).toEqual([...adapter.parameters.keys()].sort());
    for (const [name, tensor] of found.parameters) {
      expect(await tensor.read()).toEqual(await adapter.parameters.get(name)!.read());
    }
    const scaleOf = ({ projections }: Adapter) => projections?.lowRank('model.layers.0.self_attn.q_proj')?.scale;
    expect(scaleOf(found)).toBe(scaleOf(adapter));
    for (const each of [adapter, found]) each[Symbol.dispose]();
  }
});

it('refuses other kinds, and options that would change what is computed', async () => {
  using adapter = Lora.of(model, { rank: 2, alpha: 6, targets: ['q_proj'] }, 3);
  await expect(read(adapter, { ...lora, use_dora: true })).rejects.toThrow(/use_dora: expected false, found true/);
  await expect(read(adapter, { peft_type: 'IA3' })).rejects.toThrow(/peft_type: expected "LORA"/);
  await expect(read(adapter, { ...lora, r: 3 })).rejects.toThrow(/lora_A.weight: expected shape \(3, /);
});
