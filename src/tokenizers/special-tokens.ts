/**
 * Special tokens: which there are, and which the post-processor puts around a text.
 */
import type { AddedToken, TokenizerDefinition } from './definition.js';
import { unsupportedHint } from './patterns.js';
import { describe, type JsonObject, Shape } from './shape.js';

const maxConfigLength = 2 ** 25;
const maxSpecials = 2 ** 12;

const namedTokens = [
  'bos_token',
  'eos_token',
  'unk_token',
  'sep_token',
  'pad_token',
  'cls_token',
  'mask_token',
] as const;

export interface TokenizerConfig {
  /** `bos_token` and its like, as far as the file has them. */
  readonly named: Readonly<Partial<Record<(typeof namedTokens)[number], string>>>;
  readonly additional: readonly string[];
  readonly cleansUpSpaces: boolean;
  readonly chatTemplates: Readonly<Record<string, string>>;
}

/** A file of JSON by its name for messages; no text if it is not there. */
export interface JsonFile {
  readonly file: string;
  readonly text: string | undefined;
}

/**
 * Reads what a `tokenizer_config.json` says to us; the rest of that file is for Python classes. Named tokens that it does not have
 * come from a `special_tokens_map.json`.
 */
export function readConfig(config: JsonFile, map: JsonFile): TokenizerConfig {
  const shape = new Shape(config.file);
  const json = objectOf(shape, config.text);
  const ofMap = readTokens(new Shape(map.file), objectOf(new Shape(map.file), map.text));
  const own = readTokens(shape, json);
  return {
    named: { ...ofMap.named, ...own.named },
    additional: own.additional.length > 0 ? own.additional : ofMap.additional,
    cleansUpSpaces: shape.boolean(json.clean_up_tokenization_spaces, 'clean_up_tokenization_spaces', false),
    chatTemplates: readChatTemplates(shape, json.chat_template),
  };
}

const objectOf = (shape: Shape, text: string | undefined): JsonObject =>
  text === undefined ? {} : shape.object(shape.parse(text, maxConfigLength), 'the file');

function readTokens(shape: Shape, json: JsonObject): Pick<TokenizerConfig, 'named' | 'additional'> {
  const tokenOf = (value: unknown, where: string) =>
    typeof value === 'object' && value !== null
      ? shape.string(shape.object(value, where).content, `${where}.content`, 1024)
      : shape.optionalString(value, where, 1024);
  const named: Partial<Record<(typeof namedTokens)[number], string>> = {};
  for (const name of namedTokens) {
    const token = tokenOf(json[name], name);
    if (token !== undefined && token !== '') named[name] = token;
  }
  const additional: string[] = [];
  for (const value of shape.array(json.additional_special_tokens ?? [], 'additional_special_tokens', maxSpecials)) {
    const token = tokenOf(value, 'additional_special_tokens');
    if (token !== undefined && token !== '') additional.push(token);
  }
  return { named, additional };
}

function readChatTemplates(shape: Shape, value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (typeof value === 'string') return { default: value };
  const entries = shape.array(value, 'chat_template', 100).map((entry): [string, string] => {
    const { name, template } = shape.object(entry, 'chat_template');
    return [
      shape.string(name, 'chat_template.name', 100),
      shape.string(template, 'chat_template.template', maxConfigLength),
    ];
  });
  return Object.fromEntries(entries);
}

/**
 * The added tokens of the file, together with those that only the configuration calls special: they are taken out of a
 * text whole, too, as far as the vocabulary has them.
 */
export function withConfigured(definition: TokenizerDefinition, config: TokenizerConfig): AddedToken[] {
  const configured = new Set([...Object.values(config.named), ...config.additional]);
  const tokens = definition.addedTokens.map((token) =>
    configured.has(token.content) && !token.special ? { ...token, special: true } : token,
  );
  for (const token of tokens) configured.delete(token.content);
  for (const content of configured) {
    const id = definition.ids.get(content);
    if (id !== undefined) tokens.push({ id, content, lstrip: false, rstrip: false, normalized: false, special: true });
  }
  return tokens;
}

/** Ids that go before and after a text. */
export interface Surroundings {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** What the post-processor of a `tokenizer.json` puts around a single text. */
export function readSurroundings(definition: TokenizerDefinition): Surroundings {
  const shape = new Shape(definition.file);
  const idOf = (token: unknown, where: string): number =>
    definition.ids.get(shape.string(token, where, 1024)) ??
    shape.fail(`${where}: token ${describe(token)} is not in the vocabulary`);

  const read = (value: unknown, where: string, depth: number): Surroundings => {
    const json = shape.object(value, where);
    switch (json.type) {
      case 'ByteLevel':
        return { before: [], after: [] };
      case 'BertProcessing':
      case 'RobertaProcessing': {
        const [cls] = shape.array(json.cls, `${where}.cls`, 2);
        const [sep] = shape.array(json.sep, `${where}.sep`, 2);
        return { before: [idOf(cls, `${where}.cls`)], after: [idOf(sep, `${where}.sep`)] };
      }
      case 'TemplateProcessing':
        return readTemplate(shape, json, where, idOf);
      case 'Sequence': {
        if (depth > 8) shape.fail(`${where}: nested too deep`);
        const before: number[] = [];
        const after: number[] = [];
        for (const [index, part] of shape.array(json.processors, `${where}.processors`, 64).entries()) {
          const inner = read(part, `${where}.processors[${index}]`, depth + 1);
          before.unshift(...inner.before);
          after.push(...inner.after);
        }
        return { before, after };
      }
      default:
        return shape.fail(`${where}: unknown post-processor ${describe(json.type)}`, unsupportedHint);
    }
  };
  return definition.postProcessor === null
    ? { before: [], after: [] }
    : read(definition.postProcessor, 'post_processor', 0);
}

function readTemplate(
  shape: Shape,
  json: JsonObject,
  where: string,
  idOf: (token: unknown, where: string) => number,
): Surroundings {
  const before: number[] = [];
  const after: number[] = [];
  let side = before;
  for (const [index, value] of shape.array(json.single, `${where}.single`, 64).entries()) {
    const item = shape.object(value, `${where}.single[${index}]`);
    if ('SpecialToken' in item) {
      const token = shape.object(item.SpecialToken, `${where}.single[${index}]`);
      side.push(idOf(token.id, `${where}.single[${index}]`));
    } else {
      const { id } = shape.object(item.Sequence, `${where}.single[${index}]`);
      if (id !== 'A' || side === after) shape.fail(`${where}.single: expected the text (A) once`);
      side = after;
    }
  }
  if (side === before) shape.fail(`${where}.single: expected the text (A) once`);
  return { before, after };
}
