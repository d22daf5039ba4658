/** Wrong use and broken model folders: exit codes, and errors that say where, what was expected and what was found. */
import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { jambalaya, jambalayaError } from '../support/cli.js';
import { editJson, editSafetensors, golden, shakespeare, TemporaryFolder } from '../support/folders.js';

const folder = new TemporaryFolder();
afterAll(() => folder.dispose());

describe('wrong use', () => {
  it.each([
    ['an unknown command', ['fly']],
    ['an unknown option', ['inspect', shakespeare, '--fast']],
    ['a missing argument', ['complete', shakespeare]],
    ['too many arguments', ['inspect', shakespeare, 'x']],
    ['a missing option', ['logits', shakespeare, '--ids', '5']],
    ['a value that is no number', ['complete', shakespeare, 'x', '--temperature', 'hot']],
    ['a negative count', ['complete', shakespeare, 'x', '--max-tokens', '-1']],
    ['a value outside its range', ['complete', shakespeare, 'x', '--top-p', '2']],
    ['a value outside its list', ['complete', shakespeare, 'x', '--weights', 'int3']],
    ['an unknown measure', ['eval', 'speed']],
  ])('%s ends with 2', async (_, args) => {
    const error = await jambalayaError(args, 2);
    expect(error.code).toBe('usage');
    expect(error.message).not.toBe('');
  });

  it('is told in words without --json, with the way to help', async () => {
    const result = await jambalaya(['pull']);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(/^error: .*'name'.*\n.*--help/);
    const alone = await jambalaya([]);
    expect(alone).toMatchObject({ code: 2, stdout: '' });
    expect(alone.stderr).toMatch(/^Usage: jambalaya/);
  });

  it('a BERT does not complete, and says so', async () => {
    const error = await jambalayaError(['complete', golden('bert-tiny'), 'x'], 1);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('bert') });
  });

  it('a model without tokenizer takes no text, and says what to do', async () => {
    const error = await jambalayaError(['complete', golden('jamba-moe'), 'x'], 1);
    expect(error).toMatchObject({ code: 'unavailable', message: expect.stringContaining('tokenizer.json') });
    expect(error.hint).toContain('token ids');
  });
});

/** What is done to a copy of a golden set, and what the error has to name. */
const broken: [title: string, set: string, code: string, mentions: RegExp[], damage: (model: string) => void][] = [
  [
    'a truncated file',
    'jamba-moe',
    'format',
    [/model\.safetensors/, /expected/, /found/],
    (model) => truncateSync(join(model, 'model.safetensors'), 300_000),
  ],
  [
    'a file that ends within its header',
    'jamba-moe',
    'format',
    [/model\.safetensors/],
    (model) => truncateSync(join(model, 'model.safetensors'), 100),
  ],
  [
    'an empty file',
    'jamba-moe',
    'format',
    [/model\.safetensors/],
    (model) => truncateSync(join(model, 'model.safetensors'), 0),
  ],
  [
    'a misshapen tensor',
    'jamba-moe',
    'checkpoint',
    [/model\.safetensors/, /model\.layers\.1\.feed_forward\.experts\.2\.up_proj\.weight/, /48, 32/, /32, 48/],
    (model) =>
      editSafetensors(join(model, 'model.safetensors'), (header) => {
        header['model.layers.1.feed_forward.experts.2.up_proj.weight']!.shape.reverse();
      }),
  ],
  [
    'a missing tensor',
    'jamba-moe',
    'checkpoint',
    [/model\.layers\.3\.mamba\.A_log/, /expected/, /found/],
    (model) =>
      editSafetensors(join(model, 'model.safetensors'), (header) => {
        header['model.layers.3.mamba.B_log'] = header['model.layers.3.mamba.A_log']!;
        delete header['model.layers.3.mamba.A_log'];
      }),
  ],
  [
    'a tensor of another kind of number',
    'jamba-moe',
    'format',
    [/model\.final_layernorm\.weight/, /I32/i],
    (model) =>
      editSafetensors(join(model, 'model.safetensors'), (header) => {
        header['model.final_layernorm.weight']!.dtype = 'I32';
      }),
  ],
  [
    'a missing shard',
    'jamba-odd',
    'format',
    [/model-00002-of-00003\.safetensors/],
    (model) => rmSync(join(model, 'model-00002-of-00003.safetensors')),
  ],
  [
    'an unknown activation',
    'jamba-moe',
    'config',
    [/config\.json/, /hidden_act/, /silu/, /gelu_new/],
    (model) =>
      editJson(join(model, 'config.json'), (config) => {
        config.hidden_act = 'gelu_new';
      }),
  ],
  [
    'another model type',
    'jamba-moe',
    'config',
    [/config\.json/, /model_type/, /"jamba"/, /"falcon_mamba"/],
    (model) =>
      editJson(join(model, 'config.json'), (config) => {
        config.model_type = 'falcon_mamba';
      }),
  ],
  [
    'a size that is no number',
    'jamba-moe',
    'config',
    [/config\.json/, /hidden_size/, /"32"/],
    (model) =>
      editJson(join(model, 'config.json'), (config) => {
        config.hidden_size = '32';
      }),
  ],
  [
    'a config that is no JSON',
    'jamba-moe',
    'format',
    [/config\.json/],
    (model) => writeFileSync(join(model, 'config.json'), '{"model_type": "jamba",'),
  ],
  ['no config', 'jamba-moe', 'format', [/no config\.json/], (model) => rmSync(join(model, 'config.json'))],
  [
    'no weights',
    'jamba-moe',
    'format',
    [/no weights/],
    (model) => {
      for (const file of ['model', 'golden', 'grads', 'adamw-10', 'experts-int8'])
        rmSync(join(model, `${file}.safetensors`));
    },
  ],
];

describe('a broken model folder', () => {
  it.each(broken)('%s is an error: %s, %s', async (title, set, code, mentions, damage) => {
    const model = folder.copyOf(golden(set), title.replaceAll(' ', '-'));
    damage(model);
    const error = await jambalayaError(['inspect', model], 1);
    expect(error.code).toBe(code);
    for (const mention of mentions) expect(error.message).toMatch(mention);
  });

  it('is the same error where a worker loads it', async () => {
    const model = folder.copyOf(golden('jamba-moe'), 'worker');
    truncateSync(join(model, 'model.safetensors'), 300_000);
    const [inspected, computed] = await Promise.all([
      jambalayaError(['inspect', model], 1),
      jambalayaError(['logits', model, '--ids', '5', '--out', folder.file('logits')], 1),
    ]);
    expect(computed).toEqual(inspected);
  });

  it('is told in words without --json; a stack trace comes with JAMBALAYA_DEBUG alone', async () => {
    const model = folder.copyOf(golden('jamba-moe'), 'words');
    writeFileSync(join(model, 'config.json'), '{}');
    const words = await jambalaya(['inspect', model]);
    expect(words).toMatchObject({ code: 1, stdout: '' });
    expect(words.stderr).toMatch(/^error: .*config\.json: model_type: expected .*, found nothing\n$/);
    const debug = await jambalaya(['inspect', model], { env: { JAMBALAYA_DEBUG: '1' } });
    expect(debug.stderr.startsWith(words.stderr)).toBe(true);
    expect(debug.stderr).toMatch(/\n\s+at /);
  });

  it('is no folder, or not here, with the way to fetch one', async () => {
    const file = folder.file('weights.safetensors');
    writeFileSync(file, '');
    mkdirSync(folder.file('home'));
    const env = { HF_HOME: folder.file('home') };
    const [given, absent, cached] = await Promise.all([
      jambalayaError(['inspect', file], 1),
      jambalayaError(['inspect', folder.file('none')], 1),
      jambalayaError(['inspect', 'org/none'], 1, { env }),
    ]);
    expect(given).toMatchObject({ code: 'file', hint: expect.stringContaining(folder.path) });
    expect(absent).toMatchObject({ code: 'file', hint: expect.stringContaining('jambalaya pull') });
    expect(cached).toMatchObject({ code: 'file', hint: expect.stringContaining('jambalaya pull org/none') });
  });

  it('with a tokenizer that is none names the file', async () => {
    const model = folder.copyOf(shakespeare, 'tokenizer');
    const file = join(model, 'tokenizer.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 1000));
    const error = await jambalayaError(['complete', model, 'x'], 1);
    expect(error).toMatchObject({ code: 'tokenizer', message: expect.stringContaining('tokenizer.json') });
  });
});
