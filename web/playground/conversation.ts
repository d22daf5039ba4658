/**
 * A conversation as a tree: every edit and every new answer is a branch beside the old one, and what is shown is the path to
 * one leaf. Values, never changed in place.
 */

export interface TokenAlternative {
  readonly token: string;
  readonly logprob: number;
}

/** A token of an answer, with what might have come in its place. */
export interface AnswerToken extends TokenAlternative {
  readonly alternatives: readonly TokenAlternative[];
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export interface Timing {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly answerTokens: number;
  readonly firstTokenSeconds: number;
  readonly seconds: number;
}

export interface Message {
  readonly id: string;
  readonly parent: string | null;
  readonly role: 'user' | 'assistant' | 'tool';
  readonly content: string;
  readonly tokens?: readonly AnswerToken[];
  readonly toolCalls?: readonly ToolCall[];
  /** Of a tool's result: which call it answers. */
  readonly toolCallId?: string;
  readonly timing?: Timing;
  readonly finish?: string;
  readonly error?: string;
}

export interface Conversation {
  readonly id: string;
  readonly title: string;
  readonly messages: readonly Message[];
  /** The leaf whose path is shown. */
  readonly leaf: string | null;
}

export const newConversation = (id: string): Conversation => ({ id, title: 'New chat', messages: [], leaf: null });

const byId = ({ messages }: Conversation, id: string | null) => messages.find((message) => message.id === id);

/** From the first message to the leaf. */
export function shownPath(conversation: Conversation): readonly Message[] {
  const path: Message[] = [];
  for (let at = byId(conversation, conversation.leaf); at !== undefined; at = byId(conversation, at.parent))
    path.unshift(at);
  return path;
}

/** Messages in the same place: what was said there, in the order in which it came. */
export const siblingsOf = ({ messages }: Conversation, { parent }: Message): readonly Message[] =>
  messages.filter((message) => message.parent === parent);

export function withMessage(conversation: Conversation, message: Message): Conversation {
  const first = conversation.messages.length === 0 && message.role === 'user';
  return {
    ...conversation,
    title: first ? titleOf(message.content) : conversation.title,
    messages: [...conversation.messages, message],
    leaf: message.id,
  };
}

export const withChange = (conversation: Conversation, id: string, change: Partial<Message>): Conversation => ({
  ...conversation,
  messages: conversation.messages.map((message) => (message.id === id ? { ...message, ...change } : message)),
});

/** Shows another branch: the newest leaf below a message. */
export function withBranch(conversation: Conversation, id: string): Conversation {
  let leaf = id;
  for (let child = lastChild(conversation, leaf); child !== undefined; child = lastChild(conversation, leaf))
    leaf = child.id;
  return { ...conversation, leaf };
}

const lastChild = ({ messages }: Conversation, id: string) => messages.filter(({ parent }) => parent === id).at(-1);

/** Calls of the last answer that have no result yet. */
export function openCalls(path: readonly Message[]): readonly ToolCall[] {
  const at = path.findLastIndex(({ toolCalls }) => toolCalls !== undefined && toolCalls.length > 0);
  const answered = new Set(path.slice(at + 1).map(({ toolCallId }) => toolCallId));
  return at < 0 ? [] : path[at]!.toolCalls!.filter(({ id }) => !answered.has(id));
}

function titleOf(text: string): string {
  const line = text.trim().split('\n')[0]!;
  return line.length > 40 ? `${line.slice(0, 40)}…` : line || 'New chat';
}

/** A file of conversations, or what is wrong with it. */
export function parseConversations(json: string): Conversation[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) throw new Error('expected a list of conversations');
  return value.map((each, i) => {
    if (!isConversation(each)) throw new Error(`conversation ${i + 1} is not one that the playground wrote`);
    return each;
  });
}

function isConversation(value: unknown): value is Conversation {
  if (typeof value !== 'object' || value === null) return false;
  const { id, title, messages, leaf } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof title !== 'string' || !Array.isArray(messages)) return false;
  const ids = new Set(messages.map((message) => (message as Message | null)?.id));
  const known = (reference: unknown) => reference === null || ids.has(reference as string);
  return known(leaf) && messages.every((message) => isMessage(message) && known(message.parent)) && isAcyclic(messages);
}

const roles = ['user', 'assistant', 'tool'];
const isMessage = (value: unknown): value is Message => {
  const { id, role, content } = (value ?? {}) as Record<string, unknown>;
  return typeof id === 'string' && typeof content === 'string' && roles.includes(role as string);
};

/** A parent always comes before its children in what we write. */
function isAcyclic(messages: readonly Message[]): boolean {
  const seen = new Set<string | null>([null]);
  return messages.every(({ id, parent }) => {
    const fits = seen.has(parent) && !seen.has(id);
    seen.add(id);
    return fits;
  });
}
