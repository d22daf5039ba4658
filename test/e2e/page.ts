/** What the browser test runs inside a page: bundled by it, and called by name. */
import {
  generate,
  loadCheckpoint,
  openCheckpoint,
  openDevice,
  StatePool,
  TextStream,
  Tokenizer,
  urlFolder,
} from '../../src/browser.js';
import { encodeCommand } from '../../src/contract/index.js';

/** rmsNorm of (3, 4), (1, 1) with weight 1, 2 on the page's WASM device. */
export async function rmsNormOnWasm(): Promise<{ device: string; isa: string; out: number[] }> {
  const device = await openDevice();
  const place = (values: number[]) => {
    const handle = device.allocate('f32', values.length);
    device.write(handle, Float32Array.from(values));
    return { handle, offset: 0 };
  };
  const out = place([0, 0, 0, 0]);
  const args = { x: place([3, 4, 1, 1]), weight: place([1, 2]), out, inverseRms: place([0, 0]) };
  device.submit(encodeCommand('rmsNorm', { ...args, rows: 2, columns: 2, eps: 0 }));
  const values = await device.read(out.handle, 0, 4);
  const { name, isa } = device;
  device.dispose();
  return { device: name, isa, out: [...values] };
}

/** The most likely continuation of a prompt by the model at `url`, computed in the page. */
export async function completeInPage(url: string, prompt: string, maxTokens: number): Promise<string> {
  const device = await openDevice();
  const folder = urlFolder(url);
  const checkpoint = await openCheckpoint(folder);
  const { model } = await loadCheckpoint(checkpoint, device);
  const source = await folder.open('tokenizer.json');
  const text = new TextDecoder().decode(await source.read(0, source.size));
  const tokenizer = Tokenizer.create({ name: 'tokenizer.json', tokenizer: text });
  const pool = new StatePool(device, model.stateLayouts);
  const state = pool.create();
  const stream = new TextStream(tokenizer);
  let answer = '';
  const options = { maxTokens, temperature: 0 };
  for await (const { id } of generate(model, state, tokenizer.encode(prompt), options)) answer += stream.push([id]);
  return answer + stream.flush();
}
