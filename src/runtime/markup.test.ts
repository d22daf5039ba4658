import { describe, expect, it } from 'vitest';
import { readCitations, readToolCalls } from './markup.js';

describe('readToolCalls', () => {
  it('takes a list or one call, arguments as an object or as JSON', () => {
    const call = { name: 'f', arguments: '{"a":[1]}' };
    expect(readToolCalls('[\n {"name": "f", "arguments": {"a": [1]}}\n]')).toEqual([call]);
    expect(readToolCalls('{"name": "f", "parameters": {"a": [1]}}')).toEqual([call]);
    expect(readToolCalls('{"type": "function", "function": {"name": "f", "arguments": "{\\"a\\":[1]}"}}')).toEqual([
      call,
    ]);
    expect(readToolCalls('[{"name": "f"}, {"name": "g"}]')).toEqual([
      { name: 'f', arguments: '{}' },
      { name: 'g', arguments: '{}' },
    ]);
  });

  it('takes nothing else', () => {
    for (const content of ['', 'f()', '[1]', '{"name": ""}', '{"arguments": {}}', '{"name": "f", "arguments": [1]}']) {
      expect(readToolCalls(content), content).toBeUndefined();
    }
    expect(readToolCalls('{"name": "f", "arguments": "not json"}')).toBeUndefined();
  });
});

describe('readCitations', () => {
  it('takes a list of numbers', () => {
    expect(readCitations('[0, 2]')).toEqual([0, 2]);
    expect(readCitations('["1"]')).toEqual([1]);
    expect(readCitations('[]')).toEqual([]);
    for (const content of ['', '0', '[-1]', '[0.5]', '["a"]', '{}']) expect(readCitations(content)).toBeUndefined();
  });
});
