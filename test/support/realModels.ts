/** Real models that `scripts/real-models.mjs` fetches; tests that want one say why they skip where it is not. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = process.env.JAMBALAYA_REAL_MODELS ?? fileURLToPath(new URL('../../build/real-models', import.meta.url));

/** A real model's path, or why there is none. */
export function realModel(name: string): { readonly path: string; readonly missing?: string } {
  const path = `${folder}/${name}`;
  return existsSync(path) ? { path } : { path, missing: `there is no ${path}: node scripts/real-models.mjs` };
}
