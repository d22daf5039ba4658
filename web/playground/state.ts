/** What the page knows, as signals, and what a person can do with it. */
import { computed, effect, signal } from '@preact/signals';
import { type AnswerPart, fetchModels, type ServedModel, type Settings, streamChat, streamFrom } from './api.js';
import {
  type AnswerToken,
  type Conversation,
  type Message,
  newConversation,
  openCalls,
  parseConversations,
  shownPath,
  type Timing,
  type ToolCall,
  withBranch,
  withChange,
  withMessage,
} from './conversation.js';
import {
  loadConversations,
  loadSettings,
  loadTheme,
  newId,
  saveConversations,
  saveSettings,
  saveTheme,
} from './storage.js';

export const models = signal<readonly ServedModel[]>([]);
export const modelsError = signal('');
export const settings = signal<Settings>(loadSettings());
export const conversations = signal<readonly Conversation[]>(loadConversations());
export const currentId = signal(conversations.value[0]!.id);
/** The answer that is being made. */
export const running = signal<AbortController | undefined>(undefined);
export const notice = signal('');
export const theme = signal(loadTheme());

export const current = computed(
  () => conversations.value.find(({ id }) => id === currentId.value) ?? conversations.value[0]!,
);
export const path = computed(() => shownPath(current.value));
export const calls = computed(() => (running.value === undefined ? openCalls(path.value) : []));

effect(() => saveSettings(settings.value));
effect(() => {
  document.documentElement.dataset.theme = theme.value;
  saveTheme(theme.value);
});
effect(() => {
  // While an answer comes, one write at its end is enough.
  if (running.value !== undefined) return;
  if (!saveConversations(conversations.value))
    notice.value = 'The browser has no room left: export and delete old chats.';
});

export async function loadModels(): Promise<void> {
  try {
    models.value = await fetchModels(settings.value.apiKey);
    modelsError.value = '';
    const known = models.value.some(({ id }) => id === settings.value.model);
    if (!known) change({ model: models.value[0]?.id ?? '' });
  } catch (error) {
    modelsError.value = (error as Error).message;
  }
}

export function change(changes: Partial<Settings>): void {
  settings.value = { ...settings.value, ...changes };
}

function update(id: string, next: (conversation: Conversation) => Conversation): void {
  conversations.value = conversations.value.map((each) => (each.id === id ? next(each) : each));
}

export function startConversation(): void {
  const fresh = newConversation(newId());
  conversations.value = [fresh, ...conversations.value];
  currentId.value = fresh.id;
}

export function removeConversation(id: string): void {
  const left = conversations.value.filter((each) => each.id !== id);
  conversations.value = left.length === 0 ? [newConversation(newId())] : left;
  if (currentId.value === id) currentId.value = conversations.value[0]!.id;
}

/** Adds the conversations of a file to those that are here. */
export function importConversations(json: string): void {
  try {
    const added = parseConversations(json).map((each) => ({ ...each, id: newId() }));
    conversations.value = [...added, ...conversations.value];
    if (added[0] !== undefined) currentId.value = added[0].id;
    notice.value = `${added.length} chats were added.`;
  } catch (error) {
    notice.value = `The file was not read: ${(error as Error).message}`;
  }
}

/** Says something after the shown path, and has it answered. */
export function send(content: string): Promise<void> {
  const parent = current.value.leaf;
  return say({ id: newId(), parent, role: 'user', content });
}

/** Says something else in the place of an earlier message: a branch. */
export function edit(message: Message, content: string): Promise<void> {
  return say({ id: newId(), parent: message.parent, role: message.role, content });
}

/** A tool's result, written by hand; the answer comes when every call has one. */
export async function giveResult(call: ToolCall, content: string): Promise<void> {
  const result: Message = { id: newId(), parent: current.value.leaf, role: 'tool', content, toolCallId: call.id };
  update(current.value.id, (conversation) => withMessage(conversation, result));
  if (openCalls(path.value).length === 0) await answer(result.id);
}

async function say(message: Message): Promise<void> {
  update(current.value.id, (conversation) => withMessage(conversation, message));
  await answer(message.id);
}

/** Another answer in the place of one. */
export const regenerate = ({ parent }: Message): Promise<void> => answer(parent);

/** Goes on from another token: the answer up to it, and the alternative. */
export function continueFrom(message: Message, at: number, alternative: string): Promise<void> {
  const kept = message.tokens!.slice(0, at);
  const token: AnswerToken = { ...message.tokens![at]!, token: alternative };
  const begun = [...kept, token].map((each) => each.token).join('');
  return answer(message.parent, { text: begun, tokens: [...kept, token] });
}

export function showBranch(message: Message): void {
  update(current.value.id, (conversation) => withBranch(conversation, message.id));
}

export function stop(): void {
  running.value?.abort();
}

/** Answers what leads to a message, from nothing or from what was begun. */
async function answer(parent: string | null, begun?: { text: string; tokens: readonly AnswerToken[] }): Promise<void> {
  if (running.value !== undefined) return;
  const conversation = current.value.id;
  const asked = shownPath({ ...current.value, leaf: parent });
  const id = newId();
  const controller = new AbortController();
  let [text, tokens] = [begun?.text ?? '', begun?.tokens ?? []];
  const toolCalls: ToolCall[] = [];
  const started = performance.now();
  let firstToken: number | undefined;
  let usage: Extract<AnswerPart, { type: 'usage' }> | undefined;
  const set = (changes: Partial<Message>) => update(conversation, (each) => withChange(each, id, changes));
  update(conversation, (each) => withMessage(each, { id, parent, role: 'assistant', content: text, tokens }));
  running.value = controller;
  notice.value = '';
  try {
    const parts =
      begun === undefined
        ? streamChat(asked, settings.value, controller.signal)
        : streamFrom(asked, begun.text, settings.value, controller.signal);
    for await (const part of parts) {
      if (part.type === 'text') {
        firstToken ??= performance.now();
        text += part.text;
        tokens = [...tokens, ...part.tokens];
        set({ content: text, tokens });
      } else if (part.type === 'call') {
        const before = toolCalls[part.index];
        const { call } = part;
        toolCalls[part.index] =
          before === undefined ? call : { ...before, arguments: before.arguments + call.arguments };
        set({ toolCalls: [...toolCalls] });
      } else if (part.type === 'finish') set({ finish: part.reason });
      else usage = part;
    }
  } catch (error) {
    if (controller.signal.aborted) set({ finish: 'stopped' });
    else set({ error: (error as Error).message });
  } finally {
    const ended = performance.now();
    const timing: Timing | undefined = usage && {
      promptTokens: usage.promptTokens,
      cachedTokens: usage.cachedTokens,
      answerTokens: usage.answerTokens,
      firstTokenSeconds: ((firstToken ?? ended) - started) / 1000,
      seconds: (ended - started) / 1000,
    };
    if (timing !== undefined) set({ timing });
    running.value = undefined;
  }
}
