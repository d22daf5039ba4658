/** Sources as token files: encoded once, found again by what they were made from. */
import {
  DocumentHash,
  expandFiles,
  fileSizes,
  hashOfFile,
  hashOfTexts,
  joinPath,
  openTokenFile,
  TokenFileWriter,
} from '#training/host';
import { isJambalayaError, JambalayaError } from '../../errors/index.js';
import type { Tokenizer, TokenizerFiles } from '../../tokenizers/index.js';
import { textsOf } from './content.js';
import { type DocumentPiece, documentsOf } from './documents.js';
import { DocumentEncoder, tokenBytes } from './encode.js';
import { type DataSource, formatOf } from './source.js';
import { type TokenFile, tokenFileFormat } from './tokenFile.js';

export interface PrepareOptions {
  readonly tokenizer: Tokenizer;
  /** The texts that the tokenizer was made of: a part of what a token file is made from. */
  readonly tokenizerFiles: TokenizerFiles;
  /** Where token files are kept. */
  readonly cacheFolder: string;
  /** Where files with relative paths are. */
  readonly root?: string | undefined;
  readonly onProgress?: ((progress: PrepareProgress) => void) | undefined;
  /** Something that a person should know, such as a damaged token file that is made anew. */
  readonly onNote?: ((text: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface PrepareProgress {
  /** The source's name. */
  readonly source: string;
  /** Bytes of its files that have been read, and all of them. */
  readonly done: number;
  readonly total: number;
  readonly tokens: number;
}

/** Changes with everything that changes ids: part of the key. */
const encodingVersion = '1';

/**
 * The token file of some files of a source. It is made if there is none that was made from the same bytes, with the same tokenizer, in the
 * same way; then the next call finds it.
 *
 * @throws `format` and `limit` with file and line for input that cannot be read, `tokenizer`, `file`, `aborted`
 */
export async function prepareTokens(
  source: DataSource,
  patterns: readonly string[],
  options: PrepareOptions,
): Promise<TokenFile> {
  const { tokenizerFiles, cacheFolder, onNote } = options;
  const files = await expandFiles(patterns, options.root);
  const { separator, fields, heldOutBy } = source;
  const { tokenizer, config, chatTemplate } = tokenizerFiles;
  const how = JSON.stringify({ separator, fields, heldOutBy });
  const contents: string[] = [];
  for (const file of files) {
    checkAborted(options.signal);
    contents.push(formatOf(source, file), await hashOfFile(file));
  }
  const key = hashOfTexts([
    tokenFileFormat,
    encodingVersion,
    how,
    tokenizer,
    config ?? '',
    chatTemplate ?? '',
    ...contents,
  ]);
  const path = joinPath(cacheFolder, `${source.name.replace(/[^A-Za-z0-9_-]/g, '_')}-${key.slice(0, 16)}.tokens`);
  try {
    const found = await openTokenFile(path, key);
    if (found !== undefined) return found;
  } catch (error) {
    if (!isJambalayaError(error, 'format')) throw error;
    onNote?.(`the token file is made anew: ${error.message}`);
  }
  await build(source, files, path, key, options);
  const built = await openTokenFile(path, key);
  if (built !== undefined) return built;
  const reason = 'it is not what was written a moment ago';
  throw new JambalayaError('file', { file: path, operation: 'read', reason });
}

async function build(
  source: DataSource,
  files: readonly string[],
  path: string,
  key: string,
  { tokenizer, onProgress, signal }: PrepareOptions,
): Promise<void> {
  const sizes = await fileSizes(files);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  const encoder = new DocumentEncoder(tokenizer);
  const writer = await TokenFileWriter.create(path, key, tokenBytes(tokenizer));
  try {
    let hash = new DocumentHash();
    for (const file of files) {
      const onRead = (bytes: number) => {
        done += bytes;
        onProgress?.({ source: source.name, done, total, tokens: writer.tokens });
      };
      for await (const piece of documentsOf(file, source, onRead)) {
        checkAborted(signal);
        hashPiece(piece, hash);
        const encoded = encoder.encode(piece);
        await writer.add(encoded);
        if (!encoded.ends) continue;
        writer.endDocument(hash.finish());
        hash = new DocumentHash();
      }
    }
    await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** What decides whether a document is held out: the field that its source names, or else its texts. */
function hashPiece(piece: DocumentPiece, hash: DocumentHash): void {
  if (piece.splitKey !== undefined) hash.add(piece.splitKey);
  else for (const text of textsOf(piece)) hash.add(text);
}

function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new JambalayaError('aborted', { what: 'preparing the training data' });
}
