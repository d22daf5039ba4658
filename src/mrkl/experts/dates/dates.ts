/** The dates expert: calendars, clocks and zones, all from the clock that is given. Temporal is loaded at the first call. */
import { defineExpert } from '../../expert.js';
import { dateCall } from './calls.js';

export const dates = defineExpert({
  name: 'dates',
  description:
    'Dates, weekdays, spans of time, clock times and time zones, with month ends clamped and DST by a stated rule.',
  examples: [
    'What day of the week is 4 July 2026?',
    'how many days until Christmas',
    'what time is it in Tokyo',
    'What is the date 45 days from now?',
    '3 weeks before March 1',
  ],
  input: dateCall,
  run: async (call, context) => (await import('./answer.js')).answerDate(call, context),
});
