/** A loaded model inside its worker: device, parameters, tokenizer, states. */
import { stateFiles } from '#runtime/host';
import type { Device } from '../contract/index.js';
import { openDevice } from '../devices/index.js';
import { JambalayaError } from '../errors/index.js';
import type { Checkpoint, ModelFolder } from '../formats/index.js';
import {
  allLogits,
  compareLogits,
  modelFingerprint,
  PrefixCache,
  type PrefixCacheReport,
  scoreContinuations,
  windowedLogLikelihood,
} from '../generation/index.js';
import { endIdsOf, loadCheckpoint, type Model, openModel } from '../models/index.js';
import { type KvDType, StatePool } from '../nn/index.js';
import { quantizer } from '../quantization/index.js';
import { type ChatMessage, chatPromptIds, type RenderOptions, Tokenizer } from '../tokenizers/index.js';
import { type ServedAdapter, SessionAdapters } from './adapters.js';
import { answerRequest } from './answering.js';
import { type AnswerTags, answerTags } from './answerReader.js';
import { expectBytes, expectIds, expectList, expectText } from './arguments.js';
import { embedInputs } from './embedding.js';
import { type EncoderConfig, readEncoderConfig } from './encoderConfig.js';
import { GrammarMasks } from './grammarMasks.js';
import type {
  ContinuationScore,
  Embeddings,
  FacetName,
  GenerateRequest,
  Grammar,
  Matrix2d,
  Prompt,
  TextMeasure,
} from './languageModel.js';
import { expectModelFits } from './memoryPlan.js';
import type {
  CompareRequest,
  Comparison,
  EmbedRequest,
  Loaded,
  LoadRequest,
  Methods,
  Progress,
  WeightScheme,
} from './protocol.js';
import { checkRequest, expectPrompt, isChat } from './requests.js';
import { Scheduler } from './scheduler.js';
import { StateStore } from './stateStore.js';

export class ModelSession {
  private readonly pool: StatePool;
  private readonly scheduler: Scheduler | undefined;
  private readonly cache: PrefixCache | undefined;
  private store: StateStore | undefined;
  private fingerprint: Promise<string> | undefined;
  private adapters: SessionAdapters | undefined;
  private encoder: EncoderConfig | undefined;
  private readonly answerTags: AnswerTags | undefined;
  private readonly masks = new GrammarMasks(
    () => this.vocabularyBytes(),
    () => this.endIds,
  );

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
    cacheBytes: number,
  ) {
    this.answerTags = tokenizer && answerTags(tokenizer);
    this.pool = new StatePool(device, model.stateLayouts, { kvDType });
    this.scheduler = model.description.causal ? new Scheduler(model) : undefined;
    if (this.scheduler !== undefined && cacheBytes > 0) {
      this.cache = new PrefixCache(this.pool, { budgetBytes: cacheBytes });
    }
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
      mapFiles: request.mapFiles,
      quantize,
      onProgress: emit,
    });
    const tokenizer = await readTokenizer(checkpoint.folder);
    const { causal, vocabularySize, maxLength } = model.description;
    const { max_position_embeddings: positions } = checkpoint.config;
    const contextLength = maxLength ?? (typeof positions === 'number' && positions > 0 ? positions : undefined);
    const info = {
      source: request.model,
      device: device.name,
      isa: device.isa,
      threads: device.threads,
      vocabularySize,
      ...(request.adapters && { adapters: Object.keys(request.adapters) }),
      ...(contextLength === undefined ? {} : { contextLength }),
      loadSeconds: (performance.now() - started) / 1000,
    };
    const facets: FacetName[] = model.description.headless ? [] : ['logits'];
    if (tokenizer !== undefined || causal) facets.push('embed');
    if (causal) facets.push('cacheReport');
    if (causal) facets.push('state', 'score');
    if (tokenizer !== undefined) facets.push('tokenize', 'detokenize', 'tokenBytes');
    if (tokenizer !== undefined && causal) facets.push('measureText');
    if (tokenizer?.hasChatTemplate) facets.push('renderChat', 'chatIds');
    if (tokenizer !== undefined && causal) facets.push('grammar');
    const { kv, memoryBytes, cacheBytes = 0 } = request;
    const endIds = [
      ...new Set([...model.description.eosIds, ...(await readEndIds(checkpoint.folder, vocabularySize))]),
    ];
    const loaded = { info, facets };
    const parts = [loaded, device, checkpoint, model, tokenizer, endIds, weights, kv, memoryBytes, cacheBytes] as const;
    const session = new ModelSession(...parts);
    if (request.adapters !== undefined) {
      session.adapters = await SessionAdapters.load(request.adapters, { model, tokenizer }, session.pool);
    }
    const { cacheFolder } = request;
    // A disk has room for more than memory has.
    if (session.cache !== undefined && cacheFolder !== undefined) await session.openStore(cacheFolder, 16 * cacheBytes);
    return session;
  }

  async generate(request: GenerateRequest, progress: Progress<'generate'>): Promise<undefined> {
    checkRequest(request);
    const { scheduler, pool, tokenizer, endIds, memoryBytes, cache, store } = this;
    if (scheduler === undefined) throw this.noCausal('generate');
    const tags = this.answerTags;
    const adapter = this.adapterOf(request.adapter);
    const fingerprint = () => this.modelFingerprint(adapter);
    const maskOf = (grammar: Grammar) => this.masks.maskOf(grammar);
    const session = {
      scheduler,
      pool,
      tokenizer,
      tags,
      endIds,
      memoryBytes,
      cache,
      store,
      adapter,
      fingerprint,
      maskOf,
    };
    await answerRequest(session, request, this.promptIds(request.prompt, request), progress);
    return undefined;
  }

  /** Opens the folder of states that this model left on this device, and what they are kept as. */
  private async openStore(folder: string, budgetBytes: number): Promise<void> {
    const { device, pool } = this;
    const fingerprint = await this.modelFingerprint(undefined);
    const place = [fingerprint.slice(0, 32), this.weights, pool.kvDType, device.name, device.isa].join('-');
    const files = await stateFiles(folder, place);
    if (files !== undefined) this.store = await StateStore.open(files, pool, fingerprint, budgetBytes);
  }

  async flush(): Promise<undefined> {
    await this.store?.idle();
    return undefined;
  }

  cacheReport(): PrefixCacheReport | undefined {
    return this.cache?.report;
  }

  async logits({ ids, chunk }: Methods['logits']['params'], { aborted }: Progress<'logits'>): Promise<Matrix2d> {
    expectIds('ids', ids);
    const values = await allLogits(this.model, ids, { chunk, kvDType: this.kvDType, aborted });
    return { rows: ids.length, columns: this.model.description.vocabularySize, values };
  }

  tokenize({ text, ...options }: Methods['tokenize']['params']): number[] {
    expectText('text', text);
    return this.tokens.encode(text, options);
  }

  detokenize({ ids, ...options }: Methods['detokenize']['params']): string {
    expectIds('ids', ids);
    return this.tokens.decode(ids, options);
  }

  renderChat(messages: readonly ChatMessage[], options: RenderOptions): string {
    expectList('messages', messages, 'messages');
    return this.tokens.renderChat(messages, options);
  }

  chatIds(messages: readonly ChatMessage[], options: RenderOptions): readonly number[] {
    expectList('messages', messages, 'messages');
    return chatPromptIds(this.tokens, messages, options);
  }

  tokenBytes(ids: readonly number[]): readonly Uint8Array[] {
    const { tokens } = this;
    expectIds('ids', ids);
    return ids.map((id) => tokens.tokenBytes(id));
  }

  async score(
    { prompt, continuations }: Methods['score']['params'],
    { aborted }: Progress<'score'>,
  ): Promise<readonly ContinuationScore[]> {
    if (this.scheduler === undefined) throw this.noCausal('score');
    expectPrompt(prompt);
    expectList('continuations', continuations, 'texts or ids');
    const ids = this.promptIds(prompt);
    const parts = continuations.map((each) => (typeof each === 'string' ? this.tokens.encode(each) : each));
    return scoreContinuations(this.model, ids, parts, { kvDType: this.kvDType, aborted });
  }

  async measureText(
    { text, window, stride }: Methods['measureText']['params'],
    { emit, aborted }: Progress<'measureText'>,
  ): Promise<TextMeasure> {
    expectBytes('text', text);
    const ids = this.tokens.encode(textOf(text), { parseSpecial: false });
    const onProgress = (done: number, total: number) => emit({ done, total });
    const { bits, scoredTokens, perplexity } = await windowedLogLikelihood(this.model, ids, {
      window,
      stride,
      onProgress,
      aborted,
    });
    const bytes = text.length - (hasByteOrderMark(text) ? 3 : 0);
    return { bits, scoredTokens, perplexity, tokens: ids.length, bytes, bitsPerByte: bits / bytes };
  }

  async embed(request: EmbedRequest, { emit, aborted }: Progress<'embed'>): Promise<Embeddings> {
    this.encoder ??= await readEncoderConfig(this.checkpoint.folder);
    const onProgress = (done: number, total: number) => emit({ done, total });
    const { model, tokenizer, encoder: config } = this;
    return embedInputs({ model, tokenizer, config }, request, { onProgress, aborted });
  }

  /** Mean KL divergence and top-1 agreement with another folder's model of the same vocabulary. */
  async compare({ model, text, window }: CompareRequest, { emit, aborted }: Progress<'compare'>): Promise<Comparison> {
    expectText('model', model);
    expectBytes('text', text);
    const ids = this.tokens.encode(textOf(text), { parseSpecial: false });
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

  private promptIds(
    prompt: Prompt,
    { parseSpecial, state }: Pick<GenerateRequest, 'parseSpecial' | 'state'> = {},
  ): readonly number[] {
    if (isChat(prompt)) {
      const { messages, ...options } = prompt;
      return chatPromptIds(this.tokens, messages, options);
    }
    if (typeof prompt !== 'string') return prompt;
    return this.tokens.encode(prompt, { addSpecialTokens: state === undefined, parseSpecial });
  }

  /** Bytes of each id of the model's vocabulary; none for special tokens and for rows without a token. */
  private vocabularyBytes(): readonly Uint8Array[] {
    const { tokens } = this;
    return Array.from({ length: this.model.description.vocabularySize }, (_, id) =>
      tokens.specialIds.has(id) ? new Uint8Array(0) : tokens.tokenBytes(id),
    );
  }

  private noCausal(what: string): JambalayaError {
    const { architecture } = this.model.description;
    return new JambalayaError('unavailable', { what, reason: `${architecture} does not continue a text` });
  }

  private async modelFingerprint(adapter: ServedAdapter | undefined): Promise<string> {
    // A state of quantized weights is not one of the file's own, nor is one of an adapter.
    this.fingerprint ??= modelFingerprint(this.checkpoint).then((file) => `${file} ${this.weights}`);
    const own = await this.fingerprint;
    return adapter === undefined ? own : `${own} adapter ${adapter.fingerprint}`;
  }

  private adapterOf(name: string | undefined): ServedAdapter | undefined {
    if (this.adapters !== undefined || name === undefined) return this.adapters?.find(name);
    const expected = 'none: the model was loaded without adapters';
    throw new JambalayaError('usage', { argument: 'adapter', expected, found: JSON.stringify(name) });
  }
}

async function readTokenizer(folder: ModelFolder): Promise<Tokenizer | undefined> {
  const tokenizer = await readText(folder, 'tokenizer.json');
  if (tokenizer === undefined) return undefined;
  return Tokenizer.create({
    name: `${folder.name}/tokenizer.json`,
    tokenizer,
    config: await readText(folder, 'tokenizer_config.json'),
    specialTokensMap: await readText(folder, 'special_tokens_map.json'),
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
  return decodeUtf8(`${folder.name}/${file}`, bytes);
}

const hasByteOrderMark = ([a, b, c]: Uint8Array) => a === 0xef && b === 0xbb && c === 0xbf;

/** What is measured; a byte order mark is none of it. */
const textOf = (bytes: Uint8Array) => decodeUtf8('the text', bytes);

/** @throws `format` for bytes that are no UTF-8 */
function decodeUtf8(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    const fields = { file, expected: 'text in UTF-8', found: 'other bytes' };
    throw new JambalayaError('format', fields, { hint: 'Convert the file to UTF-8.', cause });
  }
}
