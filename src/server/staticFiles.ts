/** The playground's files, as they were when the server started: a fixed list in memory, no path leads anywhere else. */

export interface StaticFile {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** By path, such as `/playground.js`; `/` is the page. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

export const staticTypes: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  json: 'application/json',
  woff2: 'font/woff2',
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export const staticResponse = ({ type, bytes }: StaticFile): Response =>
  new Response(bytes, {
    headers: { 'content-type': type, 'content-security-policy': policy, 'cache-control': 'no-cache' },
  });
