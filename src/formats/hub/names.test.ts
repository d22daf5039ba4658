import { describe, expect, it } from 'vitest';
import { cacheFolderName, isModelFile, parseRepoName, repoFileParts } from './names.js';

describe('parseRepoName', () => {
  it.each([
    ['org/name', 'org/name', 'main'],
    ['gpt2', 'gpt2', 'main'],
    ['Org-1/na.me_2@v1.0', 'Org-1/na.me_2', 'v1.0'],
    ['a/b@refs/pr/1', 'a/b', 'refs/pr/1'],
  ])('reads %s', (text, repo, revision) => {
    expect(parseRepoName(text)).toEqual({ repo, revision });
  });

  it.each([
    '',
    '.',
    '..',
    './a',
    '/a',
    'a/',
    'a/b/c',
    'a/../b',
    'a--b',
    '.a/b',
    'a/b.',
    'a b',
    'a/b@',
    'a/b@a/../b',
    '~/a',
  ])('refuses %j', (text) => {
    expect(parseRepoName(text)).toBeUndefined();
  });

  it('takes its time from nobody', () => {
    expect(parseRepoName(`${'a-'.repeat(50_000)}!`)).toBeUndefined();
  });
});

it('cacheFolderName is that of every other program', () => {
  expect(cacheFolderName('ai21labs/Jamba-v0.1')).toBe('models--ai21labs--Jamba-v0.1');
});

describe('repoFileParts', () => {
  it('splits folders', () => {
    expect(repoFileParts('a/b.json')).toEqual(['a', 'b.json']);
  });

  it('refuses what is too long to be a path', () => {
    expect(() => repoFileParts('a/'.repeat(1000))).toThrow(/path out of the folder/);
  });
});

describe('isModelFile', () => {
  it.each([
    'config.json',
    'model-00001-of-00002.safetensors',
    'tokenizer.model',
    'chat_template.jinja',
    'LICENSE',
    'README.md',
    'merges.txt',
    '1_Pooling/config.json',
  ])('wants %s', (name) => {
    expect(isModelFile(name)).toBe(true);
  });

  it.each([
    'pytorch_model.bin',
    'model.gguf',
    'onnx/config.json',
    '2_Dense/model.safetensors',
    'consolidated.safetensors',
    '.gitattributes',
    'a.png',
  ])('leaves %s', (name) => {
    expect(isModelFile(name)).toBe(false);
  });
});
