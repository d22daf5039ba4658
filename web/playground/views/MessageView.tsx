import { useSignal } from '@preact/signals';
import { type Message, siblingsOf, type Timing } from '../conversation.js';
import { renderMarkdown } from '../markdown.js';
import { current, edit, regenerate, running, settings, showBranch } from '../state.js';
import { Tokens } from './Tokens.js';

const names = { user: 'You', assistant: 'Model', tool: 'Tool result' } as const;

export function MessageView({ message }: { message: Message }) {
  const editing = useSignal(false);
  const isRunning = running.value !== undefined;
  return (
    <article class={`message ${message.role}`} aria-label={names[message.role]}>
      <div class="byline">
        <strong>{names[message.role]}</strong>
        <Branches message={message} />
      </div>
      {editing.value ? (
        <Editor
          message={message}
          onDone={() => {
            editing.value = false;
          }}
        />
      ) : (
        <Content message={message} />
      )}
      {message.toolCalls?.map((call) => (
        <pre key={call.id} class="call">
          <code>
            {call.name}({call.arguments})
          </code>
        </pre>
      ))}
      {message.error !== undefined && (
        <p class="error" role="alert">
          {message.error}
        </p>
      )}
      {!isRunning && !editing.value && (
        <div class="actions">
          {message.role === 'user' && (
            <button
              type="button"
              onClick={() => {
                editing.value = true;
              }}
            >
              Edit
            </button>
          )}
          {message.role === 'assistant' && (
            <button type="button" onClick={() => void regenerate(message)}>
              Regenerate
            </button>
          )}
          <TimingLine message={message} />
        </div>
      )}
    </article>
  );
}

function Content({ message }: { message: Message }) {
  const { content, role, tokens = [] } = message;
  if (role === 'assistant' && settings.value.probabilities && tokens.length > 0) return <Tokens message={message} />;
  if (role !== 'assistant') return <div class="text">{content}</div>;
  // Sanitized: see `markdown.ts`.
  return <div class="markdown" dangerouslySetInnerHTML={{ __html: renderMarkdown(content) }} />;
}

/** Which of several branches is shown, and the way to the others. */
function Branches({ message }: { message: Message }) {
  const siblings = siblingsOf(current.value, message);
  const at = siblings.findIndex(({ id }) => id === message.id);
  if (siblings.length < 2) return null;
  const show = (i: number) => showBranch(siblings[(i + siblings.length) % siblings.length]!);
  const disabled = running.value !== undefined;
  return (
    <span class="branches">
      <button type="button" aria-label="Earlier branch" disabled={disabled} onClick={() => show(at - 1)}>
        ‹
      </button>
      {at + 1} / {siblings.length}
      <button type="button" aria-label="Later branch" disabled={disabled} onClick={() => show(at + 1)}>
        ›
      </button>
    </span>
  );
}

function Editor({ message, onDone }: { message: Message; onDone: () => void }) {
  const text = useSignal(message.content);
  return (
    <form
      class="editor"
      onSubmit={(event) => {
        event.preventDefault();
        onDone();
        void edit(message, text.value);
      }}
    >
      <textarea
        aria-label="Edited message"
        rows={3}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <button type="submit" class="primary">
        Send as a branch
      </button>
      <button type="button" onClick={onDone}>
        Cancel
      </button>
    </form>
  );
}

const endings: Readonly<Record<string, string>> = {
  length: 'cut at the most tokens of an answer',
  stopped: 'stopped',
  content_filter: 'filtered',
};

function TimingLine({ message: { timing, finish } }: { message: Message }) {
  const parts = [
    ...(finish !== undefined && endings[finish] ? [endings[finish]] : []),
    ...(timing ? timingWords(timing) : []),
  ];
  return parts.length === 0 ? null : <span class="timing">{parts.join(' · ')}</span>;
}

function timingWords({ promptTokens, cachedTokens, answerTokens, firstTokenSeconds, seconds }: Timing): string[] {
  const decode = seconds - firstTokenSeconds;
  const rate = answerTokens > 1 && decode > 0 ? `${((answerTokens - 1) / decode).toFixed(0)} tokens/s` : undefined;
  const cached = cachedTokens > 0 ? ` (${cachedTokens} from the cache)` : '';
  return [
    `${promptTokens} tokens read${cached}`,
    `${answerTokens} made`,
    ...(rate === undefined ? [] : [rate]),
    `first after ${firstTokenSeconds.toFixed(2)} s`,
  ];
}
