/** A model that answers through one of the adapters that it was loaded with, as a model of its own. */
import type { FacetName, LanguageModel } from './languageModel.js';

/** What an adapter does not change. Scores and logits, which it would, stay the base's business. */
const shared: readonly FacetName[] = [
  'tokenize',
  'detokenize',
  'tokenBytes',
  'renderChat',
  'chatIds',
  'state',
  'grammar',
];

/** The base stays the caller's, who disposes of it. */
export function adaptedModel(base: LanguageModel, adapter: string): LanguageModel {
  const { info, tokenize, detokenize, tokenBytes, renderChat, chatIds } = base;
  return {
    info: { ...info, source: `${info.source}:${adapter}` },
    facets: new Set(shared.filter((name) => base.facets.has(name))),
    generate: (request, options) => base.generate({ ...request, adapter }, options),
    complete: (request, options) => base.complete({ ...request, adapter }, options),
    dispose: async () => {},
    ...(tokenize && { tokenize: tokenize.bind(base) }),
    ...(detokenize && { detokenize: detokenize.bind(base) }),
    ...(tokenBytes && { tokenBytes: tokenBytes.bind(base) }),
    ...(renderChat && { renderChat: renderChat.bind(base) }),
    ...(chatIds && { chatIds: chatIds.bind(base) }),
  };
}
