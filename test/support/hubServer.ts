/**
 * A model hub on this machine that speaks the public protocol: commits, trees in pages, small files, and redirects to a
 * storage on another origin for large ones. A test says what it holds and how it misbehaves, and sees what was asked.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The one commit of the one model. */
export const commit = '0123456789abcdef0123456789abcdef01234567';
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
export const gitSha1 = (bytes: Uint8Array) =>
  createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');

export interface SeenRequest {
  readonly server: 'hub' | 'storage';
  readonly url: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Holds the model `org/name` at `commit`, which `main` and `refs/pr/1` lead to. */
export class HubServer {
  /** Files by path: those that the hub itself sends, and those of the storage. */
  small: Record<string, Buffer> = {};
  stored: Record<string, Buffer> = {};
  /** What is sent for a file instead of its content. */
  sent: Record<string, Buffer> = {};
  /** Of large files: how many bytes each connection gets before it is cut; none is cut after the last of them. */
  cuts: number[] = [];
  /** Connections are left open in silence instead of cut. */
  stalls = false;
  /** Statuses that the next requests for files get. */
  failures: number[] = [];
  ignoresRange = false;
  wrongRange = false;
  /** Added to the list of files. */
  listing: object[] = [];
  neededToken: string | undefined;
  /** Every request so far, in order. */
  seen: SeenRequest[] = [];

  /** URLs of the hub, which is what a client is told, and of its storage. */
  endpoint = '';
  private storage = '';
  private readonly servers: Server[] = [];

  static async start(files: { small?: Record<string, Buffer>; stored?: Record<string, Buffer> }): Promise<HubServer> {
    const hub = new HubServer();
    Object.assign(hub, files);
    hub.storage = await hub.listen('storage', (request, response) => hub.answerStorage(request, response));
    hub.endpoint = await hub.listen('hub', (request, response) => hub.answerHub(request, response));
    return hub;
  }

  async close(): Promise<void> {
    for (const server of this.servers) server.closeAllConnections();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  private async listen(server: SeenRequest['server'], answer: Answer): Promise<string> {
    const listening = createServer((request, response) => {
      const { authorization, range } = request.headers;
      this.seen.push({ server, url: request.url!, authorization, range });
      answer(request, response);
    });
    await new Promise<void>((resolve) => {
      listening.listen(0, '127.0.0.1', resolve);
    });
    this.servers.push(listening);
    return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
  }

  private answerHub(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url!, this.endpoint);
    const { authorization } = request.headers;
    if (this.neededToken !== undefined && authorization !== `Bearer ${this.neededToken}`) {
      const [status, code] = authorization === undefined ? [401, 'RepoNotFound'] : [403, 'GatedRepo'];
      response.writeHead(status as number, { 'x-error-code': code as string }).end();
    } else if (/\/revision\/(main|refs%2Fpr%2F1)$/.test(url.pathname) && url.pathname.includes('/org/name/')) {
      sendJson(response, { _id: '1', id: 'org/name', sha: commit });
    } else if (url.pathname === `/api/models/org/name/tree/${commit}`) {
      const entries = this.entries();
      const half = Math.ceil(entries.length / 2);
      const next = `<${this.endpoint}${url.pathname}?cursor=half>; rel="next"`;
      if (url.searchParams.get('cursor') === 'half') sendJson(response, entries.slice(half));
      else sendJson(response, entries.slice(0, half), { link: next });
    } else if (url.pathname.startsWith(`/org/name/resolve/${commit}/`)) {
      this.answerFile(decodeURIComponent(url.pathname.split(`${commit}/`)[1]!), response);
    } else response.writeHead(404, { 'x-error-code': 'RepoNotFound' }).end();
  }

  private entries(): object[] {
    return [
      { type: 'directory', path: 'onnx', size: 0, oid: commit },
      ...Object.entries(this.small).map(([path, bytes]) => {
        return { type: 'file', path, size: bytes.length, oid: gitSha1(bytes) };
      }),
      ...Object.entries(this.stored).map(([path, bytes]) => {
        const lfs = { oid: sha256(bytes), size: bytes.length, pointerSize: 130 };
        return { type: 'file', path, size: bytes.length, oid: commit, lfs };
      }),
      ...this.listing,
    ];
  }

  private answerFile(name: string, response: ServerResponse): void {
    const failure = this.failures.shift();
    const [stored, small] = [this.stored[name], this.small[name]];
    const headers = { 'x-repo-commit': commit };
    if (failure !== undefined) response.writeHead(failure).end();
    else if (stored !== undefined) {
      const linked = { 'x-linked-etag': `"${sha256(stored)}"`, 'x-linked-size': stored.length };
      response.writeHead(302, { location: `${this.storage}/${name}`, ...headers, ...linked }).end();
    } else if (small !== undefined) {
      const content = this.sent[name] ?? small;
      response.writeHead(200, { etag: `"${gitSha1(content)}"`, ...headers }).end(content);
    } else response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
  }

  private answerStorage(request: IncomingMessage, response: ServerResponse): void {
    const name = request.url!.slice(1);
    const bytes = this.sent[name] ?? this.stored[name]!;
    const asked = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const start = this.wrongRange && asked > 0 ? asked + 1 : asked;
    const partial = start > 0 && !this.ignoresRange;
    const body = partial ? bytes.subarray(start) : bytes;
    response.writeHead(partial ? 206 : 200, {
      'content-length': body.length,
      ...(partial ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {}),
    });
    const cut = this.cuts.shift();
    if (cut === undefined) response.end(body);
    else response.write(body.subarray(0, cut), () => this.stalls || setTimeout(() => response.destroy(), 20));
  }
}

const sendJson = (response: ServerResponse, value: unknown, headers: Record<string, string> = {}) =>
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
