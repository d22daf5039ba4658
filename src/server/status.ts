/** What the server says of itself. */
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

export function metricsText({ models, metrics }: ServerContext, residentBytes: number | undefined): Response {
  const sum = (count: (entry: ModelEntry) => number) => models.all.reduce((total, entry) => total + count(entry), 0);
  const text = metrics.text({
    requests_running: sum(({ admission }) => admission.running),
    requests_waiting: sum(({ admission }) => admission.queued),
    ...(residentBytes === undefined ? {} : { resident_bytes: residentBytes }),
  });
  return new Response(text, { headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' } });
}

export function props({ models, limits, version }: ServerContext, residentBytes: number | undefined): Response {
  const [entry] = models.all;
  return Response.json({
    build_info: `jambalaya ${version}`,
    total_slots: limits.running,
    default_generation_settings: { n_ctx: entry?.contextLength ?? null },
    model_alias: entry?.name ?? null,
    memory: { resident_bytes: residentBytes ?? null },
    models: models.all.map(({ name, model, contextLength }) => ({
      name,
      context: contextLength,
      facets: [...model.facets],
      device: 'device' in model.info ? model.info.device : null,
      isa: 'isa' in model.info ? model.info.isa : null,
    })),
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
