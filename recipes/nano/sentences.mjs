/** Sentences that are the same wherever the training chats say them. */

/** The answer to a request that none of the tools at hand can serve. */
export const noToolFits = 'None of the tools fits this request.';

/** The answer to a question that the documents at hand leave open. */
export const notInDocuments = 'The documents do not say.';
