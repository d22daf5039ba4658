// Exact answers with their way, an expert of your own, and a question that nobody here can answer.
import assert from 'node:assert/strict';
import { Assistant } from 'jambalaya/mrkl';

const assistant = new Assistant({ now: '2026-03-31T10:00:00Z', timeZone: 'Europe/Paris', offline: true });
for (const question of [
  'What is 15% of 2,340.50?',
  'What date is 3 weeks from today?',
  'make a plot of my simulation',
]) {
  const { answer, value, expert, unsure } = await assistant.ask(question);
  console.log(`${question}\n  ${expert ?? `unsure: ${unsure.reason}`}: ${answer} (${value})`);
  if (expert === 'calculator') assert.equal(value, '351.075');
  if (expert === 'dates') assert.equal(value, '2026-04-21');
  if (expert === null) assert.equal(value, null);
}
