/** Sockets and files, in Node. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import type { Limits } from './limits.js';
import { type StaticFiles, staticTypes } from './staticFiles.js';

export interface Listening {
  readonly port: number;
  /** Takes no more connections; resolves when the last one is closed. */
  close(): Promise<void>;
  /** Closes what is open, answered or not. */
  closeNow(): void;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: Limits;
}

/** @throws what `listen` refuses: a port that is taken, an address that is not ours */
export async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port, limits }: ListenOptions,
): Promise<Listening> {
  const server = createAdaptorServer({
    fetch,
    overrideGlobalObjects: false,
    serverOptions: {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMilliseconds,
      requestTimeout: limits.requestMilliseconds,
      connectionsCheckingInterval: 1000,
    },
  }) as Server;
  server.maxConnections = limits.connections;
  server.on('clientError', refuse);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    closeNow: () => server.closeAllConnections(),
  };
}

/** What is no HTTP, or too much of it, gets an answer in the shape of all others. */
function refuse(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return;
  const [status, message] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'the headers are too large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'the request did not arrive in time']
        : ['400 Bad Request', 'this is no HTTP request'];
  const body = JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: 'bad_http' } });
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close`;
  socket.end(`${head}\r\n\r\n${body}`);
}

/** Files of the playground, where it was built. */
export function playgroundFiles(): StaticFiles {
  const folder = fileURLToPath(new URL('../../dist/playground/', import.meta.url));
  const files = new Map<string, { type: string; bytes: Uint8Array<ArrayBuffer> }>();
  if (!existsSync(folder)) return files;
  for (const name of readdirSync(folder)) {
    const type = staticTypes[extname(name).slice(1)];
    if (type === undefined) continue;
    const file = { type, bytes: new Uint8Array(readFileSync(join(folder, name))) };
    files.set(`/${name}`, file);
    if (name === 'index.html') files.set('/', file);
  }
  return files;
}

/** Addresses of this machine, as they stand in `Host`. */
export const ownAddresses = (): string[] =>
  Object.values(networkInterfaces()).flatMap((each) =>
    (each ?? []).map(({ address, family }) => (family === 'IPv6' ? `[${address.toLowerCase()}]` : address)),
  );

export const residentBytes = (): number | undefined => process.memoryUsage.rss();
