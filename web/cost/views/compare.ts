/** `cost compare`: a hybrid beside Transformers over context length. */
import { compareOverContext, transformerTwin } from '../../../src/cost/index.js';
import { bytes, flops, short, tokens } from '../format.js';
import type { Subject } from '../report.js';
import type { Answer, Control, Plot, Values, View } from '../view.js';
import {
  contextControl,
  contextsUpTo,
  countControl,
  hardwareControl,
  hardwareOf,
  kvDTypeControl,
  kvDTypeOf,
  longestContext,
  weightsControl,
  weightsOf,
} from './shared.js';

export function compareView(subject: Subject): View {
  const { models, options, notes } = subject;
  const { name: model, shape } = models[0]!;
  const compared = [...models];
  // Of a model that is a Transformer already, its twin would be itself.
  if (models.length === 1 && shape.layers.some(({ mixer }) => mixer.kind === 'mamba')) {
    compared.push({ name: 'the same with attention in every layer', shape: transformerTwin(shape) });
  }
  const longest = Math.min(...compared.map((one) => longestContext(one.shape, 2 ** 22)));
  const wanted = options.list('contexts')?.at(-1) ?? 262_144;
  // Without a device there is nothing to say of how many texts fit.
  const served = options.text('hardware') !== undefined;
  const controls: Control[] = [
    contextControl(
      longest,
      Math.min(longest, wanted),
      'The longest text to compare at: the right end of the plots, and what the sentence above is about.',
    ),
    kvDTypeControl(options),
    ...(served ? [hardwareControl(subject), countControl(options), weightsControl(options)] : []),
  ];
  const compute = (values: Values): Answer => {
    const contexts = contextsUpTo(values.number('context'));
    const serving = served
      ? {
          serving: {
            hardware: hardwareOf(values, subject),
            count: values.number('count'),
            weights: weightsOf(values),
          },
        }
      : {};
    const series = compareOverContext(compared, { contexts, kvDType: kvDTypeOf(values), ...serving });
    const at = series.map(({ name, points }) => {
      const { context, kvCacheBytes, stateBytes, promptFlops, tokenFlops } = points[points.length - 1]!;
      return { name, context, memory: kvCacheBytes + stateBytes, promptFlops, tokenFlops };
    });
    const [first, second] = at;
    const ratio =
      second === undefined ? '' : `, ${short(second.memory / first!.memory)} times less than ${second.name}`;
    const plot = (
      title: string,
      note: string,
      label: string,
      of: (point: (typeof series)[0]['points'][0]) => number,
    ): Plot => ({
      title,
      note,
      x: { label: 'Context (tokens)', values: contexts, base: 2 },
      y: { label, logarithmic: true },
      series: series.map(({ name, points }) => ({ label: name, values: points.map((point) => of(point) || null) })),
      formatX: tokens,
      formatY: (value) => String(Number(value.toPrecision(3))),
    });
    return {
      headline: `At ${tokens(first!.context)} tokens ${model} keeps ${bytes(first!.memory)} a text${ratio}.`,
      figures: at.flatMap(({ name, memory, tokenFlops }, i) => [
        { id: `memory${i}`, label: `${name}: cache and state`, value: bytes(memory) },
        { id: `tokenFlops${i}`, label: `${name}: for one more token`, value: flops(tokenFlops) },
      ]),
      plots: [
        plot(
          'Memory that one text takes, over its length',
          'KV cache and states together; weights not counted. A steady line is what a Mamba layer costs.',
          'Cache and state (GB)',
          ({ kvCacheBytes, stateBytes }) => (kvCacheBytes + stateBytes) / 1e9,
        ),
        plot(
          'Computing for one more token, over the text before it',
          'The token at this position: the same work for every token, and attention to all that went before.',
          'GFLOPs per token',
          ({ tokenFlops }) => tokenFlops / 1e9,
        ),
        plot(
          'Computing per token of a prompt that is read at once',
          'The mean over the prompt: half of what its last token takes of attention.',
          'GFLOPs per token',
          ({ promptFlops, context }) => promptFlops / context / 1e9,
        ),
        ...(served
          ? [
              plot(
                'Texts at a time, over their length',
                'As many as fit into the devices, with work space for reading one of them. A line ends where not even one fits.',
                'Texts',
                (point) => point.serving?.maxConcurrency ?? 0,
              ),
            ]
          : []),
      ],
      tables: [
        {
          title: `At ${tokens(first!.context)} tokens`,
          head: ['Model', 'Cache and state', 'One more token', 'Reading all'],
          rows: at.map(({ name, memory, tokenFlops, promptFlops }) => [
            name,
            bytes(memory),
            flops(tokenFlops),
            flops(promptFlops),
          ]),
        },
      ],
      warnings: notes,
    };
  };
  return { title: 'Hybrid and Transformer', controls, compute };
}
