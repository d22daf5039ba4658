/** The playground as a person uses it: in the system's Chromium, on a server of its own with the model that ships. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from '../../src/runtime/index.js';
import { type RunningServer, serve } from '../../src/server/index.js';
import { launchOptions, withoutChromium } from '../support/chromium.js';
import { nano } from '../support/folders.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const patience = 60_000;

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe.skipIf(withoutChromium)('the playground', () => {
  let server: RunningServer;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let failures: string[];

  beforeAll(async () => {
    server = await serve({ models: [{ name: 'nano', model: await loadModel(nano) }], port: 0 });
    browser = await chromium.launch(launchOptions);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1000, height: 700 } });
    page = await context.newPage();
    page.setDefaultTimeout(patience);
    failures = [];
    page.on('pageerror', (error) => failures.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') failures.push(message.text());
    });
    await page.goto(server.url);
    await page.getByRole('heading', { name: 'Talk to nano' }).waitFor();
  });
  afterEach(async () => {
    await context.close();
    expect(failures).toEqual([]);
  });

  const setting = async (label: string, value: string) => {
    const field = page.getByLabel(label);
    await field.fill(value);
    await field.blur();
  };
  const openSettings = () => page.getByRole('button', { name: 'Settings' }).click();
  const say = async (text: string) => {
    await page.getByRole('textbox', { name: 'Message' }).fill(text);
    await page.keyboard.press('Enter');
  };
  const answers = () => page.getByRole('article', { name: 'Model' });
  const answered = () => page.getByRole('button', { name: 'Regenerate' }).last().waitFor();

  it('answers, and still has the chat after a reload', async () => {
    await openSettings();
    await setting('Most tokens of an answer', '20');
    await say('Repeat: green apples');
    await answered();
    const text = await answers().innerText();
    expect(text).toMatch(/tokens read/);
    await page.reload();
    await page.getByText('Repeat: green apples').waitFor();
    expect(await answers().innerText()).toBe(text);
  });

  it('stops an answer with Escape, and keeps what there is', async () => {
    await openSettings();
    await setting('Most tokens of an answer', '8000');
    await page.getByText('Answer format, documents, tools').click();
    await setting('JSON schema that the answer satisfies', '{"type":"array","items":{"type":"string"},"minItems":999}');
    await say('Once upon a time');
    await page.waitForFunction(() => (document.querySelector('.assistant')?.textContent?.length ?? 0) > 20);
    await page.keyboard.press('Escape');
    await answered();
    expect(await answers().innerText()).toMatch(/stopped/);
  });

  it('edits a message into a branch, and shows both', async () => {
    await openSettings();
    await setting('Most tokens of an answer', '8');
    await say('Repeat: one');
    await answered();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Edited message').fill('Repeat: two');
    await page.getByRole('button', { name: 'Send as a branch' }).click();
    await page.getByText('2 / 2').waitFor();
    await answered();
    await page.getByRole('button', { name: 'Earlier branch' }).click();
    await page.getByText('Repeat: one').waitFor();
    expect(await page.getByText('Repeat: two').count()).toBe(0);
  });

  it('holds an answer to a schema', async () => {
    await openSettings();
    await page.getByText('Answer format, documents, tools').click();
    const schema = { type: 'object', properties: { n: { type: 'integer', maximum: 99 } }, required: ['n'] };
    const closed = { ...schema, additionalProperties: false };
    await setting('JSON schema that the answer satisfies', JSON.stringify(closed));
    await say('Give me a number.');
    await answered();
    const text = await answers().locator('.markdown').innerText();
    expect(JSON.parse(text)).toEqual({ n: expect.any(Number) });
    await setting('JSON schema that the answer satisfies', '{"contains": {}}');
    await say('And another.');
    await page.getByRole('alert').filter({ hasText: 'contains' }).waitFor();
    // The browser notes every answer that is an error.
    expect(failures.splice(0)).toEqual([expect.stringContaining('400')]);
  });

  it('shows what else was likely, and goes on from there', async () => {
    await openSettings();
    await setting('Most tokens of an answer', '6');
    await page.getByLabel('Show how likely each token was').check();
    await say('Repeat: green apples');
    await answered();
    await page.locator('.token').first().click();
    const other = page.locator('.alternatives button:enabled').first();
    const word = (await other.innerText()).replace(/ [\d.]+ %$/, '').trim();
    await other.click();
    await page.getByText('2 / 2').waitFor();
    await answered();
    expect((await page.locator('.token').first().innerText()).trim()).toBe(word);
  });

  it('takes a tool’s result by hand', async () => {
    await page.route('**/v1/chat/completions', async (route, request) => {
      const { messages } = request.postDataJSON() as { messages: { role: string; content: string }[] };
      const given = messages.find(({ role }) => role === 'tool')?.content;
      const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'clock', arguments: '{}' } };
      const delta = given === undefined ? { tool_calls: [call] } : { content: `It is ${given}.` };
      const chunk = { choices: [{ index: 0, delta, finish_reason: 'stop' }] };
      await route.fulfill({
        contentType: 'text/event-stream',
        body: `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`,
      });
    });
    await say('What time is it?');
    await page.getByLabel('The model calls clock').fill('noon');
    await page.getByRole('button', { name: 'Give the result' }).click();
    await page.getByText('It is noon.').waitFor();
  });

  it('shows answers as data: no HTML, no images, no scripts', async () => {
    await page.route('**/v1/chat/completions', (route) => {
      const content =
        '<img src=x onerror="document.title=1">\n\n![x](http://example.com/x.png) [y](javascript:alert(1)) **bold**';
      const chunk = { choices: [{ index: 0, delta: { content }, finish_reason: 'stop' }] };
      return route.fulfill({
        contentType: 'text/event-stream',
        body: `data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`,
      });
    });
    await say('Attack');
    await page.locator('.markdown strong').waitFor();
    expect(await page.locator('.markdown img, .markdown a[href^="javascript"], .markdown script').count()).toBe(0);
    expect(await page.title()).toBe('jambalaya');
  });

  it.each(['light', 'dark'] as const)('can be used by everybody, %s and small', async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize({ width: 375, height: 700 });
    await openSettings();
    await setting('Most tokens of an answer', '6');
    await page.getByLabel('Show how likely each token was').check();
    await say('Repeat: green apples');
    await answered();
    await page.locator('.token').first().click();
    await page.evaluate(axe);
    const violations = await page.evaluate(async () => {
      const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
      return (await checker.run()).violations.map(({ id, nodes }) => [id, nodes[0]?.html]);
    });
    expect(violations).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(375);
    await page.getByRole('button', { name: 'Chats' }).click();
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('heading', { name: 'Talk to nano' }).waitFor();
  });
});
