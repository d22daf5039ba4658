/** What the server says of itself. */
import type { PrefixCacheReport } from '../runtime/index.js';
import type { ServerContext } from './context.js';
import type { ModelEntry } from './models.js';

const modelObject = ({ name, created, ownedBy, contextLength, model }: ModelEntry) => ({
  id: name,
  object: 'model',
  created,
  owned_by: ownedBy,
  max_model_len: contextLength,
  meta: { n_ctx_train: contextLength, n_vocab: model.info.vocabularySize ?? null, facets: [...model.facets] },
});

export const listModels = ({ models }: ServerContext): Response =>
  Response.json({ object: 'list', data: models.all.map(modelObject) });

export const oneModel = ({ models }: ServerContext, name: string): Response =>
  Response.json(modelObject(models.find(name)));

export const health = (): Response => Response.json({ status: 'ok' });

export async function metricsText(
  { models, metrics }: ServerContext,
  residentBytes: number | undefined,
): Promise<Response> {
  const sum = (count: (entry: ModelEntry) => number) => models.all.reduce((total, entry) => total + count(entry), 0);
  const caches = (await Promise.all(models.all.map(cacheOf))).filter((report) => report !== undefined);
  const ofCaches = (count: (report: PrefixCacheReport) => number) =>
    caches.reduce((total, each) => total + count(each), 0);
  const text = metrics.text({
    requests_running: sum(({ admission }) => admission.running),
    requests_waiting: sum(({ admission }) => admission.queued),
    cache_bytes: ofCaches(({ bytes }) => bytes),
    cache_checkpoints: ofCaches(({ checkpoints }) => checkpoints),
    cache_hits: ofCaches(({ hits }) => hits),
    cache_misses_unknown_prompt: ofCaches(({ misses }) => misses.unknown),
    cache_misses_no_checkpoint: ofCaches(({ misses }) => misses.noCheckpoint),
    cache_evictions: ofCaches(({ evictions }) => evictions),
    ...(residentBytes === undefined ? {} : { resident_bytes: residentBytes }),
  });
  return new Response(text, { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } });
}

/** What a model keeps of earlier prompts. */
async function cacheOf({ model }: ModelEntry): Promise<PrefixCacheReport | undefined> {
  return model.facets.has('cacheReport') ? model.cacheReport?.() : undefined;
}

export async function props(
  { models, limits, version }: ServerContext,
  residentBytes: number | undefined,
): Promise<Response> {
  const [entry] = models.all;
  const described = models.all.map(async (each) => ({
    name: each.name,
    context: each.contextLength,
    facets: [...each.model.facets],
    device: 'device' in each.model.info ? each.model.info.device : null,
    isa: 'isa' in each.model.info ? each.model.info.isa : null,
    cache: (await cacheOf(each)) ?? null,
  }));
  return Response.json({
    build_info: `jambalaya ${version}`,
    total_slots: limits.running,
    default_generation_settings: { n_ctx: entry?.contextLength ?? null },
    model_alias: entry?.name ?? null,
    memory: { resident_bytes: residentBytes ?? null },
    models: await Promise.all(described),
  });
}

export function slots({ models }: ServerContext): Response {
  const now = Date.now();
  const all = models.all.flatMap(({ name, slots }) =>
    slots.all.map(({ id, state, since, prompts, promptRead, made }) => ({
      id,
      model: name,
      is_processing: state !== 'queued',
      state,
      prompts,
      seconds: (now - since) / 1000,
      n_prompt_read: promptRead,
      n_decoded: made,
    })),
  );
  return Response.json(all);
}
