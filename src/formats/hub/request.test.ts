import { afterEach, describe, expect, it, vi } from 'vitest';
import { type HubAccess, hubRequest, Interruption, watchConnection, withRetries } from './request.js';

const access: HubAccess = {
  endpoint: 'https://hub.test',
  token: 'secret',
  signal: undefined,
  what: 'pull a/b',
  attempts: 3,
  retryMilliseconds: 1,
  idleMilliseconds: 1000,
};

/** Answers by URL; records what was asked with which token. */
function network(answers: Record<string, () => Response>) {
  const asked: [string, string | null][] = [];
  vi.stubGlobal('fetch', async (url: URL, init: RequestInit) => {
    asked.push([url.href, new Headers(init.headers).get('authorization')]);
    return answers[url.href]!();
  });
  return asked;
}

const redirect =
  (location: string, headers = {}) =>
  () =>
    new Response(null, { status: 302, headers: { location, ...headers } });
const ok =
  (headers = {}) =>
  () =>
    new Response('x', { headers });

async function get(start: string) {
  const watch = watchConnection(access);
  try {
    return await hubRequest(access, 'file', start, {}, watch);
  } finally {
    watch.end();
  }
}

afterEach(() => vi.unstubAllGlobals());

describe('hubRequest', () => {
  it('takes the token along within the hub, drops it outside, and believes the hub alone', async () => {
    const asked = network({
      'https://hub.test/old': redirect('/new', { 'x-linked-etag': '"right"' }),
      'https://hub.test/new': redirect('https://storage.test/blob', { 'x-repo-commit': 'c' }),
      'https://storage.test/blob': ok({ 'x-linked-etag': '"wrong"', 'x-linked-size': '2' }),
    });
    expect(await get('https://hub.test/old')).toMatchObject({ etag: '"right"', size: undefined, commit: 'c' });
    expect(asked).toEqual([
      ['https://hub.test/old', 'Bearer secret'],
      ['https://hub.test/new', 'Bearer secret'],
      ['https://storage.test/blob', null],
    ]);
  });

  it.each([
    ['another port', 'https://hub.test:8443/x'],
    ['a subdomain', 'https://cdn.hub.test/x'],
    ['a longer name', 'https://hub.test.evil/x'],
  ])('sends no token to %s', async (_, target) => {
    const asked = network({ 'https://hub.test/': redirect(target), [target]: ok() });
    await get('https://hub.test/');
    expect(asked[1]).toEqual([target, null]);
  });

  it.each(['http://hub.test/x', 'file:///etc/passwd', 'data:,x', 'http://['])(
    'does not follow to %s',
    async (target) => {
      const asked = network({ 'https://hub.test/': redirect(target) });
      await expect(get('https://hub.test/')).rejects.toMatchObject({ code: 'download', message: /is not followed/ });
      expect(asked).toHaveLength(1);
    },
  );

  it('does not go in circles', async () => {
    const asked = network({ 'https://hub.test/': redirect('/') });
    await expect(get('https://hub.test/')).rejects.toMatchObject({ message: 'file: more than 10 redirects' });
    expect(asked).toHaveLength(11);
  });

  it.each(['ENOTFOUND', 'CERT_HAS_EXPIRED'])('gives up at once on %s', async (code) => {
    vi.stubGlobal('fetch', async () => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });
    });
    await expect(get('https://hub.test/')).rejects.toMatchObject({
      code: 'download',
      message: `file: hub.test: ${code}`,
    });
  });

  it('takes what may pass for an interruption, with the wait that the server asks for', async () => {
    network({ 'https://hub.test/': () => new Response(null, { status: 503, headers: { 'retry-after': '7' } }) });
    await expect(get('https://hub.test/')).rejects.toMatchObject({ waitMilliseconds: 7000, message: 'status 503' });
    network({ 'https://hub.test/': () => new Response(null, { status: 429, headers: { 'retry-after': '99999' } }) });
    await expect(get('https://hub.test/')).rejects.toMatchObject({ waitMilliseconds: 60_000 });
    network({ 'https://hub.test/': () => new Response(null, { status: 500, headers: { 'retry-after': 'soon' } }) });
    await expect(get('https://hub.test/')).rejects.toMatchObject({ waitMilliseconds: 0 });
  });
});

describe('withRetries', () => {
  const interrupted = new Interruption('cut');

  it('gives up after so many failures in a row', async () => {
    const attempt = vi.fn(() => Promise.reject(interrupted));
    await expect(withRetries(access, 'file', attempt)).rejects.toMatchObject({
      code: 'download',
      message: 'file: cut, after 3 attempts',
    });
    expect(attempt).toHaveBeenCalledTimes(3);
  });

  it('goes on as long as there is progress', async () => {
    let bytes = 0;
    const attempt = async () => {
      bytes += 1;
      if (bytes < 10) throw interrupted;
      return 'done';
    };
    expect(await withRetries(access, 'file', attempt, () => bytes)).toBe('done');
  });

  it('counts no progress where bytes come again that were lost', async () => {
    const positions = [5, 0, 5, 0, 5, 0, 5];
    let position = 0;
    const attempt = vi.fn(async () => {
      position = positions.shift()!;
      throw interrupted;
    });
    await expect(withRetries(access, 'file', attempt, () => position)).rejects.toMatchObject({ code: 'download' });
    expect(attempt).toHaveBeenCalledTimes(3);
  });

  it('does not repeat a defect, nor start when stopped', async () => {
    const attempt = vi.fn(() => Promise.reject(new TypeError('mine')));
    await expect(withRetries(access, 'file', attempt)).rejects.toThrow('mine');
    const stopped = { ...access, signal: AbortSignal.abort() };
    await expect(withRetries(stopped, 'file', attempt)).rejects.toMatchObject({ code: 'aborted' });
    expect(attempt).toHaveBeenCalledTimes(1);
  });

  it('stops within a wait', async () => {
    const stop = new AbortController();
    const slow = { ...access, signal: stop.signal, retryMilliseconds: 1e9 };
    const running = withRetries(slow, 'file', () => Promise.reject(interrupted));
    setTimeout(() => stop.abort(), 5);
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
  });
});
