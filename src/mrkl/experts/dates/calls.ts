/** What the dates expert can be asked, as its input schema. */
import { z } from 'zod';
import { dateSchema, durationSchema, timeSchema } from './expression.js';

const zone = z.string().exactOptional();
const unit = z.enum(['days', 'weeks', 'months', 'years', 'businessDays', 'hours', 'minutes', 'seconds']);

export const dateCall = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('date'), date: dateSchema }),
  z.strictObject({ ask: z.literal('weekday'), date: dateSchema }),
  z.strictObject({
    ask: z.literal('part'),
    date: dateSchema,
    part: z.enum(['year', 'month', 'day', 'quarter', 'isoWeek', 'dayOfYear']),
  }),
  z.strictObject({
    ask: z.literal('between'),
    from: dateSchema,
    to: dateSchema,
    unit,
    absolute: z.boolean().exactOptional(),
  }),
  z.strictObject({ ask: z.literal('age'), born: dateSchema, at: dateSchema }),
  z.strictObject({ ask: z.literal('leapYear'), year: z.number().int().exactOptional() }),
  z.strictObject({
    ask: z.literal('daysIn'),
    month: z.number().int().exactOptional(),
    year: z.number().int().exactOptional(),
  }),
  z.strictObject({ ask: z.literal('time'), zone }),
  z.strictObject({
    ask: z.literal('moment'),
    date: dateSchema.exactOptional(),
    time: timeSchema,
    zone,
    to: zone,
    shift: durationSchema.exactOptional(),
    sign: z.union([z.literal(1), z.literal(-1)]).exactOptional(),
  }),
  z.strictObject({ ask: z.literal('elapsed'), from: timeSchema, to: timeSchema, unit: unit.exactOptional() }),
  z.strictObject({ ask: z.literal('zone'), zone: z.string() }),
  z.strictObject({ ask: z.literal('zoneDifference'), zone: z.string(), other: z.string() }),
  z.strictObject({ ask: z.literal('nextHoliday') }),
]);
export type DateCall = z.infer<typeof dateCall>;
