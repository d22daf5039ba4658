/** The page of `jambalaya cost … --html` in a real browser without a network: it computes what the library computes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findHardware, planMemory, planTraining, type Range, readModelShape } from '../../src/cost/index.js';
import { launchOptions, withoutChromium } from '../support/chromium.js';
import { jambalaya } from '../support/cli.js';
import { configFile, configOf } from '../support/configs.js';

const mini = configFile('jamba-mini');
const { shape } = readModelShape(configOf('jamba-mini'));

/** The commands that write a page, each with options enough. */
const commands: Readonly<Record<string, readonly string[]>> = {
  memory: ['--config', mini],
  train: ['--config', mini, '--tokens', '300e9', '--hardware', 'h100', '--count', '512'],
  serve: ['--config', mini, '--hardware', 'a100-80gb', '--weights', 'int8'],
  compare: ['--config', mini, '--with', configFile('mixtral-8x7b'), '--hardware', 'a100-80gb', '--count', '4'],
  budget: ['--config', configFile('jamba-reasoning-3b'), '--dollars', '5000', '--memory', '24GB'],
};
/** Nothing about a model of its own. */
const moneyAlone = ['--dollars', '5000'];

describe.skipIf(withoutChromium)('the page of a cost report', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jambalaya-cost-page-'));
  let browser: Browser | undefined;

  beforeAll(async () => {
    browser = await chromium.launch(launchOptions);
  });

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Writes a command's page and opens it; what the page asks for or complains of is collected. */
  async function open(command: string, options: BrowserContextOptions = {}, args = commands[command]!) {
    const file = join(folder, `${command}.html`);
    const made = await jambalaya(['cost', command, ...args, '--html', file]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const context = await browser!.newContext({ offline: true, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && complaints.push(message.text()));
    page.on('request', (request) => requests.push(request.url()));
    const url = pathToFileURL(file).href;
    await page.goto(url);
    return {
      page,
      complaints,
      expectQuiet: () => expect({ complaints, requests }).toEqual({ complaints: [], requests: [url] }),
    };
  }

  const figure = (page: Page, id: string) => page.locator(`[data-figure="${id}"] .value`).textContent();

  it('computes anew what the library computes when an assumption is changed, and puts it back', async () => {
    const { page, expectQuiet } = await open('memory');
    const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(3)} GB`;
    const at = (context: number) => planMemory(shape, { context, weights: 'bf16' });
    expect(await figure(page, 'kvCache')).toBe('67.1 MB');

    await page.locator('#control-context').fill('262144');
    await page.locator('#control-context').press('Enter');
    expect(await figure(page, 'kvCache')).toBe(gigabytes(at(262_144).kvCacheBytes));
    expect(await page.locator('#headline').textContent()).toContain('256K tokens');

    await page.locator('#control-weights').selectOption('experts-int8');
    const { totalBytes } = planMemory(shape, { context: 262_144, weights: 'experts-int8' });
    expect(await figure(page, 'total')).toBe(gigabytes(totalBytes));
    expect(await page.locator('.control.edited').count()).toBe(2);

    await page.locator('#reset').click();
    expect(await figure(page, 'kvCache')).toBe('67.1 MB');
    expectQuiet();
  });

  it('starts a range from the table of the device that is chosen, until it is put back', async () => {
    const { page } = await open('train');
    const price = page.locator('#control-dollarsPerHour-low');
    expect(await price.inputValue()).toBe(String(findHardware('h100').dollarsPerHour.low));
    await page.locator('#control-hardware').selectOption('a100-80gb');
    expect(await price.inputValue()).toBe(String(findHardware('a100-80gb').dollarsPerHour.low));
    expect(await page.locator('.control.edited').count()).toBe(1);
    await page.locator('#reset').click();
    expect(await price.inputValue()).toBe(String(findHardware('h100').dollarsPerHour.low));
  });

  it('train: money follows the volume', async () => {
    const { page, expectQuiet } = await open('train');
    const plan = (tokens: number) => planTraining(shape, { hardware: findHardware('h100'), count: 512, tokens });
    const thousands = ({ low, high }: Range) =>
      [low, high].map((dollars) => `$${Number(dollars.toPrecision(3)).toLocaleString('en')}`).join(' to ');
    expect(await figure(page, 'dollars')).toBe(thousands(plan(300e9).dollars));
    await page.locator('#control-billionTokens').fill('30');
    await page.locator('#control-billionTokens').press('Enter');
    expect(await figure(page, 'dollars')).toBe(thousands(plan(30e9).dollars));
    await page.locator('#more summary').click();
    await page.locator('#control-checkpointing').selectOption('none');
    expect(await figure(page, 'fits')).toBe('yes');
    expectQuiet();
  });

  it('serve: refuses ExpertsInt8 on a device that is too old, in the words of the library', async () => {
    const { page, expectQuiet } = await open('serve');
    expect(await figure(page, 'fits')).toBe('yes');
    await page.locator('#control-hardware').selectOption('v100-32gb');
    expect(await figure(page, 'fits')).toBe('no');
    await page.locator('#control-weights').selectOption('experts-int8');
    expect(await page.locator('#problem').textContent()).toContain('compute capability 8.0');
    expectQuiet();
  });

  it('budget: answers without a model too', async () => {
    const { page, expectQuiet } = await open('budget', {}, moneyAlone);
    expect(await page.locator('#headline').textContent()).toContain('$5,000 trains a dense model');
    expect(await page.locator('[data-figure="tokens"]').count()).toBe(0);
    expectQuiet();
  });

  it('takes what a config says as text, not as a page', async () => {
    const file = join(folder, 'hostile.json');
    const key = '</script><img src=x onerror=alert(1)>';
    writeFileSync(file, JSON.stringify({ ...configOf('jamba-mini'), [key]: 1 }));
    const { page, expectQuiet } = await open('memory', {}, ['--config', file]);
    expect(await page.locator('.warning').textContent()).toContain(key);
    expect(await page.locator('img').count()).toBe(0);
    expectQuiet();
  });

  it('moves with its sliders', async () => {
    const { page } = await open('memory');
    // Half way of a logarithmic slider from 1 to 2^20.
    await page.locator('[data-control="context"] input[type="range"]').fill('200');
    expect(await page.locator('#control-context').inputValue()).toBe('1024');
    expect(await figure(page, 'kvCache')).toBe('16.8 MB');
  });

  it('says what is wrong with an assumption, and does not show the last answer as this one’s', async () => {
    const { page, expectQuiet } = await open('memory');
    for (const wrong of ['-1', '0', '1.5', '']) {
      await page.locator('#control-context').fill(wrong);
      await page.locator('#control-context').press('Enter');
      expect(await page.locator('#problem').textContent()).toContain('context: expected a whole number from 1');
      expect(await page.locator('body').getAttribute('class')).toBe('stale');
    }
    await page.locator('#control-context').fill('8192');
    await page.locator('#control-context').press('Enter');
    expect(await page.locator('#problem').isHidden()).toBe(true);
    expectQuiet();
  });

  it.each(Object.keys(commands))(
    '%s: nothing is wider than a telephone, in the light and in the dark',
    async (command) => {
      for (const colorScheme of ['light', 'dark'] as const) {
        const { page, expectQuiet } = await open(command, { colorScheme, viewport: { width: 375, height: 812 } });
        expect(await page.locator('#plots canvas').count()).toBeGreaterThan(0);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375);
        expect(await page.locator('#glossary dt').count()).toBe(10);
        expectQuiet();
      }
    },
  );
});
