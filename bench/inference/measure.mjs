/** One part of the comparison: ours and the peer's measurements in turns, and what they come to. */
import { spawnSync } from 'node:child_process';
import { BenchSession } from 'jambalaya';
import { Segments } from 'jambalaya/nn';
import { scope } from 'jambalaya/tensor';

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const ids = (count, seed, vocabulary) =>
  Array.from({ length: count }, (_, i) => (i * 7919 + seed * 104_729 + 13) % vocabulary);

/** Our logits (T, V) after each of `prompt`. */
async function logitsOf(name, prompt, weights) {
  const session = await BenchSession.open(name, { weights });
  const { model, device } = session;
  const logits = scope(() => model.forward({ ids: prompt, segments: new Segments(device, [prompt.length]) }).logits);
  const values = await logits.read();
  logits.dispose();
  await session.close();
  return { values, columns: model.description.vocabularySize };
}

function topTokens({ values, columns }) {
  return Array.from({ length: values.length / columns }, (_, t) => {
    const row = values.subarray(t * columns, (t + 1) * columns);
    return row.reduce((top, value, id) => (value > row[top] ? id : top), 0);
  });
}

const same = (a, b) => a.filter((token, t) => token === b[t]).length;

/**
 * The most likely next token after each of some ids. `sameWeights`: both sides on one F32 file (the BF16 weights, widened), where
 * neither rounds activations: how many are the same, and by how many standard deviations of a row ours prefers its own where they
 * differ. `asInF32`: how many each side's narrow weights, with its own rounding of activations, choose as in f32.
 */
export async function checkTopTokens(peer, paths, { positions, vocabulary }) {
  const prompt = ids(positions, 0, vocabulary);
  const exact = await logitsOf(paths.bf16, prompt, 'file');
  const ours = topTokens(exact);
  const oursOf = async (path, weights) => same(ours, topTokens(await logitsOf(path, prompt, weights)));
  const theirsOf = async (file) => {
    await peer.call('load', { file });
    return peer.call('topTokens', { ids: prompt });
  };
  const theirs = await theirsOf(paths['gguf-f32']);
  const gaps = theirs.map((token, t) => {
    const row = exact.values.subarray(t * vocabulary, (t + 1) * vocabulary);
    const deviation = Math.sqrt(row.reduce((sum, value) => sum + value ** 2, 0) / vocabulary);
    return (row[ours[t]] - row[token]) / deviation;
  });
  return {
    positions,
    sameWeights: { sameTopToken: same(ours, theirs), largestGapInDeviations: Math.max(...gaps) },
    asInF32: {
      oursBf16: await oursOf(paths.bf16, 'bf16'),
      oursInt8: await oursOf(paths.int8, 'file'),
      peerBf16: same(ours, await theirsOf(paths['gguf-bf16'])),
      peerQ8_0: same(ours, await theirsOf(paths['gguf-q8_0'])),
    },
  };
}

/** Rates of one weight scheme; `peerFile` is what the peer runs beside it, if it runs. */
export async function measurePart({ model, open, peer, peerFile, batches, prompts, generate, repeats, say }) {
  const session = await BenchSession.open(model, open);
  try {
    if (peer !== undefined) await peer.call('load', { file: peerFile });
    const { device } = session;
    const { vocabularySize: V } = session.model.description;
    const productClass = await session.productClass();
    const decode = new Map(batches.map((size) => [size, { ours: [], peer: [], bytes: 0 }]));
    const prefill = new Map(prompts.map((length) => [length, { ours: [], peer: [], operations: 0 }]));
    const probes = [];
    let peakBytes;
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (const [size, samples] of decode) {
        say(`decode of ${size}, ${repeat + 1} of ${repeats}`);
        const { secondsPerStep, bytesPerStep } = await session.decode(size, generate);
        samples.ours.push(secondsPerStep);
        samples.bytes = bytesPerStep;
        const asked = Array.from({ length: size }, (_, i) => ids(8, repeat * 100 + i, V));
        if (peer !== undefined) samples.peer.push(await peer.call('decode', { prompts: asked, tokens: generate }));
      }
      for (const [length, samples] of prefill) {
        say(`prompt of ${length}, ${repeat + 1} of ${repeats}`);
        const { seconds, operations } = await session.prefill(length);
        samples.ours.push(seconds);
        samples.operations = operations;
        if (peer !== undefined) samples.peer.push(await peer.call('prefill', { ids: ids(length, repeat, V) }));
      }
      // Every round does the same, so the first one has the peak, before the probe takes memory of its own.
      peakBytes ??= session.peakBytes;
      say(`ceilings, ${repeat + 1} of ${repeats}`);
      probes.push(session.ceilings());
    }
    // What the machine can do moves as much as what is measured beside it.
    const ceilings = Object.fromEntries(
      Object.keys(probes[0]).map((name) => [name, median(probes.map((probe) => probe[name]))]),
    );
    const peak = { int8: 'int8GigaOpsPerSecond', bf16: 'bf16GigaFlopsPerSecond', f32: 'f32GigaFlopsPerSecond' };
    const rates = (amount, { ours, peer: theirs }) => {
      const tokensPerSecond = amount / median(ours);
      if (theirs.length === 0) return { ours: { tokensPerSecond, seconds: ours } };
      const peerTokensPerSecond = amount / median(theirs);
      return {
        ours: { tokensPerSecond, seconds: ours },
        peer: { tokensPerSecond: peerTokensPerSecond, seconds: theirs },
        timesPeer: tokensPerSecond / peerTokensPerSecond,
      };
    };
    return {
      device: device.name,
      isa: device.isa,
      threads: device.threads,
      activations: productClass,
      kvDType: { ours: open.kv ?? 'f32', ...(peer === undefined ? {} : { peer: 'f16' }) },
      decode: Object.fromEntries(
        [...decode].map(([size, samples]) => {
          const made = rates(size, samples);
          const gigabytesPerSecond = samples.bytes / median(samples.ours) / 1e9;
          const shareOfReadBandwidth = gigabytesPerSecond / ceilings.readGigabytesPerSecond;
          return [size, { ...made, ours: { ...made.ours, gigabytesPerSecond, shareOfReadBandwidth } }];
        }),
      ),
      prefill: Object.fromEntries(
        [...prefill].map(([length, samples]) => {
          const made = rates(length, samples);
          const gigaOpsPerSecond = samples.operations / median(samples.ours) / 1e9;
          const shareOfPeak = gigaOpsPerSecond / ceilings[peak[productClass]];
          return [length, { ...made, ours: { ...made.ours, gigaOpsPerSecond, shareOfPeak } }];
        }),
      ),
      memory: { peakBytes },
      ceilings,
      probes,
    };
  } finally {
    await session.close();
  }
}

/** Seconds of the built command from its start to the end of its first token, in a new process each time. */
export function measureFirstToken(command, model, text, repeats) {
  const seconds = [];
  let promptTokens;
  for (let i = 0; i <= repeats; i++) {
    const started = performance.now();
    const args = [command, 'complete', model, text, '--max-tokens', '1', '--temperature', '0', '--json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`first token: ${stderr}`);
    promptTokens = JSON.parse(stdout).promptTokens;
    // The first run brings the file into the system's cache.
    if (i > 0) seconds.push((performance.now() - started) / 1000);
  }
  return { promptTokens, seconds, medianSeconds: median(seconds) };
}
