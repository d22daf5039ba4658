/** SmolLM2-135M-Instruct from its GGUF (Q4_1 and Q8_0) against Transformers: text, ids, logits, greedy tokens. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadModel } from 'jambalaya';
import { expect, it } from 'vitest';
import { realModel } from '../support/realModels.js';

interface Case {
  readonly user: string;
  readonly prompt: string;
  readonly promptIds: readonly number[];
  readonly top8: { readonly ids: readonly number[]; readonly logits: readonly number[] };
  readonly greedyIds: readonly number[];
  /** Between the best and the second logit of each greedy token. */
  readonly gaps: readonly number[];
}

const file = fileURLToPath(new URL('../fixtures/golden/real/smollm2-135m-instruct.json', import.meta.url));
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: readonly Case[] };
const { path, missing } = realModel('SmolLM2-135M-Instruct.Q4_1.gguf');

it('SmolLM2 computes what Transformers computes', { timeout: 600_000 }, async (context) => {
  if (missing !== undefined) return context.skip(missing);
  const model = await loadModel(path);
  for (const { user, prompt, promptIds, top8, greedyIds, gaps } of cases) {
    const messages = [{ role: 'user', content: user }];
    expect(await model.renderChat(messages)).toBe(prompt);
    expect(await model.tokenize(prompt, { addSpecialTokens: false })).toEqual(promptIds);
    expect(await model.chatIds(messages)).toEqual(promptIds);
    const { values, columns } = await model.logits([...promptIds, ...greedyIds.slice(0, -1)]);
    const row = (token: number) => values.subarray((promptIds.length - 1 + token) * columns).subarray(0, columns);
    top8.ids.forEach((id, i) => {
      expect(Math.abs(row(0)[id]! - top8.logits[i]!), `${user}: logit of ${id}`).toBeLessThan(2e-3);
    });
    greedyIds.forEach((id, i) => {
      const best = row(i).reduce((best, value, at, all) => (value > all[best]! ? at : best), 0);
      if (gaps[i]! > 0.02) expect(best, `${user}: greedy token ${i}`).toBe(id);
    });
  }
  const [first] = cases;
  const answer = await model.complete({
    prompt: first!.promptIds,
    maxTokens: first!.greedyIds.length,
    temperature: 0,
  });
  expect(answer.text).toBe('The capital of France is Paris.');
  await model.dispose();
});
