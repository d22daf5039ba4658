/** A page listens to nobody. */
import { JambalayaError } from '../errors/index.js';
import type { Limits } from './limits.js';
import type { StaticFiles } from './staticFiles.js';

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
  closeNow(): void;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: Limits;
}

export async function listen(
  _fetch: (request: Request) => Response | Promise<Response>,
  _options: ListenOptions,
): Promise<Listening> {
  throw new JambalayaError('unavailable', { what: 'a server', reason: 'a page cannot listen' });
}

export const playgroundFiles = (): StaticFiles => new Map();

export const ownAddresses = (): string[] => [];

export const residentBytes = (): number | undefined => undefined;
