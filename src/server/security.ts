/** Who may talk to the server: checked before anything is routed. */
import { ApiError } from './apiError.js';

export interface SecurityOptions {
  /** Required where it is set, but for what is public. */
  readonly apiKey?: string | undefined;
  /** Names and addresses, without a port, that the server answers to. */
  readonly hosts: readonly string[];
  /** Origins of other sites whose pages may use the server, such as `https://example.org`. */
  readonly origins: readonly string[];
}

/** Names of this machine to itself. */
export const loopbackHosts = ['localhost', '127.0.0.1', '[::1]'];

export const isLoopback = (host: string): boolean =>
  loopbackHosts.includes(host.toLowerCase()) || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/**
 * A page that some site's name was made to lead to us (DNS rebinding) has that name in `Host`; a page of another site has its
 * own in `Origin`. Both are refused.
 *
 * @throws ApiError 403
 */
export function expectKnownSite(request: Request, { hosts, origins }: SecurityOptions): void {
  const host = request.headers.get('host') ?? '';
  const name = host.replace(/:\d*$/, '').toLowerCase();
  if (name === '' || !hosts.includes(name)) {
    const message = `the server does not answer to the host \`${name.slice(0, 100)}\``;
    throw new ApiError(403, message, { code: 'unknown_host' });
  }
  const origin = request.headers.get('origin');
  if (origin === null || origins.includes(origin)) return;
  if (origin === `http://${host}` || origin === `https://${host}`) return;
  throw new ApiError(403, 'pages of other sites may not use this server', { code: 'foreign_origin' });
}

/** What lets a page of an allowed origin read the answers. */
export function corsHeaders(request: Request, { origins }: SecurityOptions): Record<string, string> {
  const origin = request.headers.get('origin');
  if (origin === null || !origins.includes(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers': 'authorization, content-type',
    vary: 'origin',
  };
}

/**
 * The key as `Authorization: Bearer …` or `x-api-key`.
 *
 * @throws ApiError 401
 */
export async function expectKey(request: Request, { apiKey }: SecurityOptions): Promise<void> {
  if (apiKey === undefined) return;
  const bearer = /^Bearer +(.*)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  const given = bearer ?? request.headers.get('x-api-key') ?? '';
  if (await equalKeys(given, apiKey)) return;
  throw new ApiError(401, 'the API key is missing or wrong', { code: 'invalid_api_key' });
}

/** Compares digests, all of them, so that the time tells nothing of how much is right. */
async function equalKeys(given: string, expected: string): Promise<boolean> {
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  const [a, b] = [await digest(given), await digest(expected)];
  let different = 0;
  for (let i = 0; i < a.length; i++) different |= a[i]! ^ b[i]!;
  return different === 0;
}

/** @throws ApiError 415: a form of another site cannot send this type without asking first */
export function expectJson(request: Request): void {
  const type = request.headers.get('content-type') ?? '';
  if (/^application\/json\s*(;|$)/i.test(type)) return;
  throw new ApiError(415, 'the request has to be `application/json`', { code: 'unsupported_media_type' });
}
