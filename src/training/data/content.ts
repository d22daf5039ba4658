/** What is learned from a document. */
import type { ChatMessage } from '../../tokenizers/index.js';

/** A chat with what else its template takes. */
export interface Chat {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly unknown[];
  readonly documents?: readonly unknown[];
  readonly knobs?: unknown;
}

/** What is learned: a text or a long text's next piece; a completion after a prompt; what the assistant says in a chat. */
export type DocumentContent =
  | { readonly kind: 'text'; readonly text: string; readonly ends: boolean }
  | { readonly kind: 'completion'; readonly prompt: string; readonly completion: string }
  | { readonly kind: 'chat'; readonly chat: Chat };

/** The texts of a document, for learning a vocabulary. */
export function textsOf(document: DocumentContent): string[] {
  switch (document.kind) {
    case 'text':
      return [document.text];
    case 'completion':
      return [document.prompt, document.completion];
    case 'chat':
      return document.chat.messages.flatMap(({ content }) => (typeof content === 'string' ? [content] : []));
  }
}
