/**
 * The library in a real browser: a page on a local server, driven through the system's Chromium.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchOptions, withoutChromium } from '../support/chromium.js';

/** The globals of the page. */
type PageGlobals = { readonly jambalaya: typeof import('./page.js') };

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Where the bundle stands on the server: as deep as a module of dist, so that it finds the WASM file as that would. */
const bundlePath = '/dist/e2e/page.js';
const page = `<!doctype html><title>jambalaya</title>
<script type="module">globalThis.jambalaya = await import('${bundlePath}');</script>`;
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

/** Serves the bundle, an empty page, and the files of these folders as they lie in the repository. */
function serve(bundle: Uint8Array): Promise<Server> {
  const server = createServer((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname));
    const content = contentOf(path, bundle);
    const type = contentTypes[extname(path)] ?? (path === '/' ? 'text/html' : 'application/octet-stream');
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': type }).end(content);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

function contentOf(path: string, bundle: Uint8Array): Uint8Array | string | undefined {
  if (path === '/') return page;
  if (path === bundlePath) return bundle;
  const shared = path.startsWith('/models/char-shakespeare/') || path === '/kernels/wasm/jambalaya.wasm';
  const file = join(root, path);
  return shared && existsSync(file) ? readFileSync(file) : undefined;
}

describe.skipIf(withoutChromium)('in a browser', () => {
  const userData = mkdtempSync(join(tmpdir(), 'jambalaya-browser-'));
  const failures: string[] = [];
  let server: Server | undefined;
  let context: BrowserContext | undefined;
  let tab: Page;

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [fileURLToPath(new URL('./page.ts', import.meta.url))],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      conditions: ['jambalaya-source', 'browser'],
      write: false,
      logLevel: 'error',
    });
    server = await serve(outputFiles[0]!.contents);
    context = await chromium.launchPersistentContext(userData, {
      ...launchOptions,
    });
    tab = await context.newPage();
    tab.on('pageerror', (error) => failures.push(String(error)));
    tab.on('console', (message) => {
      // A page without an icon is asked for one, and a folder for files that a model may or may not have: 404s of no meaning.
      const { url } = message.location();
      const expected = url.endsWith('/favicon.ico') || url.includes('/models/');
      if (message.type() === 'error' && !expected) failures.push(message.text());
    });
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    await tab.waitForFunction(() => 'jambalaya' in globalThis);
  });

  afterAll(async () => {
    await context?.close();
    server?.close();
    rmSync(userData, { recursive: true, force: true });
  });

  it('opens the WASM device and runs a command on it', async () => {
    const result = await tab.evaluate(() => (globalThis as unknown as PageGlobals).jambalaya.rmsNormOnWasm());
    expect(result).toMatchObject({ device: 'wasm', isa: 'simd128' });
    const rms = Math.sqrt(12.5);
    const expected = [3 / rms, (2 * 4) / rms, 1, 2];
    result.out.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 6);
    });
    expect(failures).toEqual([]);
  });

  it('loads a model and continues a text as Transformers does', async () => {
    const golden: unknown = JSON.parse(readFileSync(join(root, 'models/char-shakespeare/expected.json'), 'utf8'));
    const { prompt, greedy } = (golden as { prompts: { prompt: string; greedy: string }[] }).prompts[1]!;
    const text = await tab.evaluate(
      ([given, count]) => {
        const { completeInPage } = (globalThis as unknown as PageGlobals).jambalaya;
        return completeInPage(new URL('/models/char-shakespeare/', location.href).href, given, count);
      },
      [prompt, greedy.length] as const,
    );
    expect(text).toBe(greedy);
    expect(failures).toEqual([]);
  });
});
