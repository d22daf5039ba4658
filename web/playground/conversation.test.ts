import { expect, test } from 'vitest';
import {
  type Message,
  newConversation,
  openCalls,
  parseConversations,
  shownPath,
  siblingsOf,
  withBranch,
  withMessage,
} from './conversation.js';

const message = (id: string, parent: string | null, role: Message['role'] = 'user'): Message => ({
  id,
  parent,
  role,
  content: `text ${id}`,
});
const branched = [
  message('a', null),
  message('b', 'a', 'assistant'),
  message('c', 'a', 'assistant'),
  message('d', 'c'),
].reduce(withMessage, newConversation('1'));

test('a path leads from the first message to the leaf, and branches stay', () => {
  expect(shownPath(branched).map(({ id }) => id)).toEqual(['a', 'c', 'd']);
  expect(siblingsOf(branched, branched.messages[1]!).map(({ id }) => id)).toEqual(['b', 'c']);
  expect(shownPath(withBranch(branched, 'b')).map(({ id }) => id)).toEqual(['a', 'b']);
  expect(withBranch(withBranch(branched, 'b'), 'c').leaf).toBe('d');
});

test('the first message gives the title', () => {
  expect(branched.title).toBe('text a');
});

test('calls are open until they have a result', () => {
  const calls = [
    { id: '1', name: 'f', arguments: '{}' },
    { id: '2', name: 'g', arguments: '{}' },
  ];
  const path: Message[] = [message('a', null), { ...message('b', 'a', 'assistant'), toolCalls: calls }];
  expect(openCalls(path).map(({ id }) => id)).toEqual(['1', '2']);
  expect(openCalls([...path, { ...message('c', 'b', 'tool'), toolCallId: '1' }]).map(({ id }) => id)).toEqual(['2']);
});

test('conversations survive being written and read, and damaged ones are refused', () => {
  expect(parseConversations(JSON.stringify([branched]))).toEqual([branched]);
  expect(() => parseConversations('{}')).toThrow(/list/);
  expect(() => parseConversations('[{"id":"1","title":"x","messages":[],"leaf":"nowhere"}]')).toThrow(/conversation 1/);
  const cycle = { ...branched, messages: [message('a', 'b'), message('b', 'a')], leaf: 'a' };
  expect(() => parseConversations(JSON.stringify([cycle]))).toThrow(/conversation 1/);
});
