/** Configurations of published models; test/fixtures/configs/README.md says where each comes from. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const configFile = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/configs/${name}.json`, import.meta.url));

export const configOf = (name: string): Record<string, unknown> =>
  JSON.parse(readFileSync(configFile(name), 'utf8')) as Record<string, unknown>;
