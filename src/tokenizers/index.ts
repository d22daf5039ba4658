/**
 * Text and ids: `tokenizer.json` and chat templates, through Hugging Face's libraries for both.
 *
 * The room takes the texts of the files and gives ids, text and streams of text, and it trains vocabularies. It opens no file
 * and knows no model.
 * Files come from strangers: they are checked before use (`definition.ts`), and what runs on their behalf (patterns,
 * templates) runs under a deadline and within limits. A kind of tokenizer that would be carried out otherwise than by
 * Hugging Face's Rust library is rewritten or refused (`components.ts`), never approximated in silence, with one
 * exception: what strips white space around an added token takes U+FEFF for some and U+0085 for none.
 *
 * Start reading at `tokenizer.ts`; for training, at `training/train.ts`.
 */
export { withDeadline } from '#tokenizers/host';
export { type ChatIds, chatPromptIds, encodeChat } from './chat-ids.js';
export { type StopResult, StopStrings } from './stop-strings.js';
export { TextStream } from './text-stream.js';
export {
  type ChatMessage,
  type DecodeOptions,
  type EncodeOptions,
  type RenderOptions,
  Tokenizer,
  type TokenizerFiles,
  type TokenizerOptions,
} from './tokenizer.js';
export {
  defaultSpecialTokens,
  type TokenizerTrainingOptions,
  type TokenizerTrainingProgress,
  type TrainedTokenizer,
  trainTokenizer,
} from './training/train.js';
export {
  type TrainedWordPiece,
  trainWordPiece,
  type WordPieceOptions,
  wordPieceSpecialTokens,
} from './training/wordpiece.js';
