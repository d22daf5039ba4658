/** `cost memory`: what weights, cache and states take, and how that grows with the context. */
import { defaultContext, parametersByPart, parts, planMemory } from '../../../src/cost/index.js';
import { bytes, count, percent, tokens } from '../format.js';
import type { Subject } from '../report.js';
import type { Answer, Control, Values, View } from '../view.js';
import {
  contextControl,
  contextsUpTo,
  kvDTypeControl,
  kvDTypeOf,
  longestContext,
  partNames,
  weightsControl,
  weightsOf,
} from './shared.js';

export function memoryView({ models, options, notes }: Subject): View {
  const { shape } = models[0]!;
  const longest = longestContext(shape, 2 ** 20);
  const controls: Control[] = [
    contextControl(
      longest,
      options.number('context') ?? defaultContext(shape),
      'How many tokens each text has, question and answer together. A page is some 600.',
    ),
    {
      kind: 'number',
      id: 'batch',
      label: 'Texts at a time',
      help: 'How many texts are worked on together. Each has a cache and a state of its own; all share the weights.',
      unit: 'texts',
      min: 1,
      max: 1024,
      whole: true,
      logarithmic: true,
      value: options.number('batch') ?? 1,
    },
    weightsControl(options),
    kvDTypeControl(options),
  ];
  const plan = (values: Values, context: number) =>
    planMemory(shape, {
      context,
      batch: values.number('batch'),
      weights: weightsOf(values),
      kvDType: kvDTypeOf(values),
    });
  const compute = (values: Values): Answer => {
    const now = plan(values, values.number('context'));
    const contexts = contextsUpTo(Math.min(longest, Math.max(2 ** 18, now.context)));
    const along = contexts.map((context) => plan(values, context));
    const byPart = parametersByPart(shape);
    const shares = parts.map((part) => [part, byPart[part]] as const).filter(([, parameters]) => parameters > 0);
    return {
      headline: `${now.batch === 1 ? 'One text' : `${now.batch.toLocaleString('en')} texts`} of ${tokens(now.context)} tokens: ${bytes(now.totalBytes)} of memory, without work space.`,
      figures: [
        { id: 'total', label: 'Together', value: bytes(now.totalBytes) },
        { id: 'weights', label: 'Weights', value: bytes(now.weightsBytes), note: `as ${now.weights}` },
        { id: 'kvCache', label: 'KV cache', value: bytes(now.kvCacheBytes), note: 'grows with the context' },
        { id: 'state', label: 'State of Mamba layers', value: bytes(now.stateBytes), note: 'whatever the context' },
        {
          id: 'parameters',
          label: 'Parameters',
          value: count(now.parameters.total),
          note: `${count(now.parameters.active)} active per token`,
        },
      ],
      plots: [
        {
          title: 'Memory over context',
          note: 'What has to be kept while texts of this length are worked on.',
          x: { label: 'Context (tokens)', values: contexts, base: 2 },
          y: { label: 'Memory (GB)', logarithmic: true },
          series: [
            { label: 'Together', values: along.map(({ totalBytes }) => totalBytes / 1e9) },
            { label: 'Weights', values: along.map(({ weightsBytes }) => weightsBytes / 1e9) },
            { label: 'KV cache', values: along.map(({ kvCacheBytes }) => kvCacheBytes / 1e9 || null) },
            { label: 'State', values: along.map(({ stateBytes }) => stateBytes / 1e9 || null) },
          ],
          formatX: tokens,
          formatY: (value) => String(Number(value.toPrecision(3))),
        },
      ],
      tables: [
        {
          title: 'Where the parameters are',
          head: ['Part', 'Parameters', 'Share'],
          rows: shares.map(([part, parameters]) => [
            partNames[part],
            parameters.toLocaleString('en'),
            percent(parameters / now.parameters.total),
          ]),
        },
      ],
      warnings: notes,
    };
  };
  return { title: 'Memory', controls, compute };
}
