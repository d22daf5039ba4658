/** A loaded model inside its worker: device, parameters, tokenizer, states. */
import type { Device } from '../contract/index.js';
import { openDevice } from '../devices/index.js';
import { JambalayaError } from '../errors/index.js';
import type { Checkpoint, ModelFolder } from '../formats/index.js';
import {
  allLogits,
  compareLogits,
  decodeState,
  encodeState,
  modelFingerprint,
  type Sequence,
  windowedLogLikelihood,
} from '../generation/index.js';
import { loadCheckpoint, type Model, openModel } from '../models/index.js';
import { type KvDType, StatePool } from '../nn/index.js';
import { quantizer } from '../quantization/index.js';
import {
  type ChatMessage,
  chatPromptIds,
  type RenderOptions,
  StopStrings,
  TextStream,
  Tokenizer,
} from '../tokenizers/index.js';
import { endIdsOf } from './generationConfig.js';
import type { GenerateRequest, Matrix2d, SavedState, TextScore } from './languageModel.js';
import { expectModelFits, expectRequestFits } from './memoryPlan.js';
import type { CompareRequest, Comparison, Loaded, LoadRequest, Methods, Progress, WeightScheme } from './protocol.js';
import { type Outcome, Scheduler } from './scheduler.js';

export class ModelSession {
  private readonly pool: StatePool;
  private readonly scheduler: Scheduler | undefined;
  private fingerprint: Promise<string> | undefined;

  private constructor(
    readonly loaded: Loaded,
    private readonly device: Device,
    private readonly checkpoint: Checkpoint,
    private readonly model: Model,
    private readonly tokenizer: Tokenizer | undefined,
    private readonly endIds: readonly number[],
    private readonly weights: WeightScheme,
    private readonly kvDType: KvDType | undefined,
    private readonly memoryBytes: number | undefined,
  ) {
    this.pool = new StatePool(device, model.stateLayouts, { kvDType });
    this.scheduler = model.description.causal ? new Scheduler(model) : undefined;
  }

  static async load(request: LoadRequest, emit: (event: Methods['load']['event']) => void): Promise<ModelSession> {
    const started = performance.now();
    const checkpoint = await openModel(request.model);
    try {
      return await ModelSession.loadFrom(checkpoint, request, { started, emit });
    } catch (error) {
      await checkpoint.close();
      throw error;
    }
  }

  private static async loadFrom(
    checkpoint: Checkpoint,
    request: LoadRequest,
    { started, emit }: { started: number; emit: (event: Methods['load']['event']) => void },
  ): Promise<ModelSession> {
    const weights = request.weights ?? 'file';
    const quantize = weights === 'file' ? undefined : quantizer(weights);
    const device = await openDevice({ name: request.device, isa: request.isa, threads: request.threads });
    await expectModelFits(checkpoint, device, request);
    const { model } = await loadCheckpoint(checkpoint, device, {
      strict: request.strict ?? false,
      quantize,
      onProgress: emit,
    });
    const tokenizer = await readTokenizer(checkpoint.folder);
    const { causal, vocabularySize } = model.description;
    const info = {
      source: request.model,
      device: device.name,
      isa: device.isa,
      threads: device.threads,
      vocabularySize,
      loadSeconds: (performance.now() - started) / 1000,
    };
    const capabilities = { generate: causal, logits: true, state: causal, chat: tokenizer?.hasChatTemplate ?? false };
    const { kv, memoryBytes } = request;
    const endIds = [
      ...new Set([...model.description.eosIds, ...(await readEndIds(checkpoint.folder, vocabularySize))]),
    ];
    const loaded = { info, capabilities };
    return new ModelSession(loaded, device, checkpoint, model, tokenizer, endIds, weights, kv, memoryBytes);
  }

  async generate(request: GenerateRequest, { emit, aborted }: Progress<'generate'>): Promise<undefined> {
    const { scheduler } = this;
    if (scheduler === undefined) {
      const { architecture } = this.model.description;
      throw new JambalayaError('unavailable', { what: 'generate', reason: `${architecture} does not continue a text` });
    }
    const started = performance.now();
    const prompt = [...(request.state?.unread ?? []), ...this.promptIds(request)];
    const text = new AnswerText(this.tokenizer, request.stop ?? []);
    using state = request.state
      ? await decodeState(request.state.bytes, this.pool, await this.modelFingerprint())
      : this.pool.create();
    expectRequestFits(state, prompt.length + request.maxTokens, this.memoryBytes);
    const { stop, prompt: _, state: __, saveState, ignoreEnd, ...sampling } = request;
    const stopIds = ignoreEnd ? [] : this.endIds;
    const sequence = scheduler.batch.add({ state, prompt, options: { ...sampling, stopIds } });
    let made = 0;
    let prefilled = started;
    const outcome = await scheduler.run({
      sequence,
      promptTokens: prompt.length,
      aborted,
      onPrefill: (done) => emit({ type: 'prefill', done, total: prompt.length }),
      onToken: ({ id, logprob, top }) => {
        if (made++ === 0) prefilled = performance.now();
        const piece = text.push(id);
        emit({ type: 'token', id, text: piece.text, logprob, top });
        return piece.ended;
      },
    });
    if (outcome === 'aborted') throw new JambalayaError('aborted', { what: 'the generation' });
    const rest = text.flush();
    if (rest !== '') emit({ type: 'text', text: rest });
    if (made === 0) prefilled = performance.now();
    emit({
      type: 'finish',
      reason: finishReason(outcome),
      usage: {
        promptTokens: prompt.length,
        completionTokens: made,
        seconds: { prefill: (prefilled - started) / 1000, decode: (performance.now() - prefilled) / 1000 },
      },
      ...(saveState ? { state: await this.save(sequence) } : {}),
    });
    return undefined;
  }

  async logits({ ids, chunk }: Methods['logits']['params'], { aborted }: Progress<'logits'>): Promise<Matrix2d> {
    const values = await allLogits(this.model, ids, { chunk, kvDType: this.kvDType, aborted });
    return { rows: ids.length, columns: this.model.description.vocabularySize, values };
  }

  tokenize({ text, ...options }: Methods['tokenize']['params']): number[] {
    return this.tokens.encode(text, options);
  }

  detokenize({ ids, ...options }: Methods['detokenize']['params']): string {
    return this.tokens.decode(ids, options);
  }

  renderChat(messages: readonly ChatMessage[], options: RenderOptions): string {
    return this.tokens.renderChat(messages, options);
  }

  chatIds(messages: readonly ChatMessage[], options: RenderOptions): readonly number[] {
    return chatPromptIds(this.tokens, messages, options);
  }

  async score(
    { text, window, stride }: Methods['score']['params'],
    { emit, aborted }: Progress<'score'>,
  ): Promise<TextScore> {
    const ids = this.tokens.encode(decodeUtf8(text), { parseSpecial: false });
    const onProgress = (done: number, total: number) => emit({ done, total });
    const { bits, scoredTokens, perplexity } = await windowedLogLikelihood(this.model, ids, {
      window,
      stride,
      onProgress,
      aborted,
    });
    const bytes = text.length;
    return { bits, scoredTokens, perplexity, tokens: ids.length, bytes, bitsPerByte: bits / bytes };
  }

  /** Mean KL divergence and top-1 agreement with another folder's model of the same vocabulary. */
  async compare({ model, text, window }: CompareRequest, { emit, aborted }: Progress<'compare'>): Promise<Comparison> {
    const ids = this.tokens.encode(decodeUtf8(text), { parseSpecial: false });
    const checkpoint = await openModel(model);
    try {
      const { model: other } = await loadCheckpoint(checkpoint, this.device);
      using disposed = other;
      const onProgress = (done: number, total: number) => emit({ done, total });
      return await compareLogits(disposed, this.model, ids, { window, onProgress, aborted });
    } finally {
      await checkpoint.close();
    }
  }

  private get tokens(): Tokenizer {
    if (this.tokenizer !== undefined) return this.tokenizer;
    const reason = this.checkpoint.withoutTokenizer ?? `${this.loaded.info.source} has no tokenizer.json`;
    const hint = 'put the model’s tokenizer.json there, or give token ids instead of text';
    throw new JambalayaError('unavailable', { what: 'text', reason }, { hint });
  }

  private promptIds({ prompt, parseSpecial, state }: GenerateRequest): readonly number[] {
    if (typeof prompt !== 'string') return prompt;
    return this.tokens.encode(prompt, { addSpecialTokens: state === undefined, parseSpecial });
  }

  private modelFingerprint(): Promise<string> {
    // A state of quantized weights is not one of the file's own.
    this.fingerprint ??= modelFingerprint(this.checkpoint).then((file) => `${file} ${this.weights}`);
    return this.fingerprint;
  }

  private async save(sequence: Sequence): Promise<SavedState> {
    return { bytes: await encodeState(sequence.state, await this.modelFingerprint()), unread: sequence.unread };
  }
}

const finishReason = (outcome: Exclude<Outcome, 'aborted'>) => (outcome === 'length' ? 'length' : 'stop');

async function readTokenizer(folder: ModelFolder): Promise<Tokenizer | undefined> {
  const tokenizer = await readText(folder, 'tokenizer.json');
  if (tokenizer === undefined) return undefined;
  return Tokenizer.create({
    name: `${folder.name}/tokenizer.json`,
    tokenizer,
    config: await readText(folder, 'tokenizer_config.json'),
    chatTemplate: await readText(folder, 'chat_template.jinja'),
  });
}

async function readEndIds(folder: ModelFolder, vocabularySize: number): Promise<readonly number[]> {
  const file = 'generation_config.json';
  const text = await readText(folder, file);
  return text === undefined ? [] : endIdsOf(`${folder.name}/${file}`, text, vocabularySize);
}

async function readText(folder: ModelFolder, file: string): Promise<string | undefined> {
  if (!(await folder.has(file))) return undefined;
  const source = await folder.open(file);
  const bytes = await source.read(0, source.size);
  await source.close();
  return decodeUtf8(bytes);
}

/** Bytes that are no UTF-8 become U+FFFD; a byte order mark is text like any other. */
const decodeUtf8 = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

/** Ids to text that ends before a stop string. Without a tokenizer there is no text, and nothing to stop at. */
class AnswerText {
  private readonly stream: TextStream | undefined;
  private readonly stops: StopStrings;

  constructor(tokenizer: Tokenizer | undefined, stop: readonly string[]) {
    this.stream = tokenizer && new TextStream(tokenizer, { skipSpecialTokens: true });
    this.stops = new StopStrings(stop);
  }

  push(id: number): { text: string; ended: boolean } {
    const { text, stopped } = this.stops.push(this.stream?.push([id]) ?? '');
    return { text, ended: stopped !== undefined };
  }

  flush(): string {
    const { text } = this.stops.push(this.stream?.flush() ?? '');
    return text + this.stops.flush();
  }
}
