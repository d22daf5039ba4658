import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { ToolCall } from '../conversation.js';
import { calls, giveResult, models, path, running, send, settings, stop } from '../state.js';
import { MessageView } from './MessageView.js';

export function Chat() {
  const end = useRef<HTMLDivElement>(null);
  const shown = path.value;
  const last = shown.at(-1)?.content.length;
  useEffect(() => end.current?.scrollIntoView({ block: 'nearest' }), [last, shown.length]);
  return (
    <main>
      <div class="messages" role="log" aria-label="Conversation">
        {shown.length === 0 && <Welcome />}
        {shown.map((message) => (
          <MessageView key={message.id} message={message} />
        ))}
        {calls.value.map((call) => (
          <ResultForm key={call.id} call={call} />
        ))}
        <div ref={end} />
      </div>
      {calls.value.length === 0 && <Composer />}
    </main>
  );
}

/** What the model is, honestly, and how to serve another. */
function Welcome() {
  const { model } = settings.value;
  const isBundled = model === 'nano';
  const suggestions = isBundled
    ? ['Repeat: green apples and 42', 'Write 3417 in words.', 'Once upon a time there was']
    : ['What is the capital of France?', 'Explain recursion in two sentences.', 'Write a short poem about the sea.'];
  if (models.value.length === 0) return null;
  return (
    <section class="welcome" aria-label="About this model">
      <h2>Talk to {model}</h2>
      {isBundled && (
        <>
          <p>
            This is the demo model that ships with jambalaya: 11 million parameters. It copies, converts numbers and
            tells small stories. It knows almost nothing about the world.
          </p>
          <p>To serve a real model, such as a GGUF file or a Hugging Face folder:</p>
          <pre>
            <code>npx jambalaya serve path/to/model.gguf</code>
          </pre>
        </>
      )}
      <ul class="suggestions">
        {suggestions.map((text) => (
          <li key={text}>
            <button type="button" onClick={() => void send(text)}>
              {text}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Composer() {
  const text = useSignal('');
  const isRunning = running.value !== undefined;
  const submit = () => {
    const content = text.value;
    if (content.trim() === '' || isRunning) return;
    text.value = '';
    void send(content);
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <label class="hidden" for="message">
        Message
      </label>
      <textarea
        id="message"
        rows={3}
        placeholder="Message (Enter sends, Shift+Enter breaks the line)"
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          submit();
        }}
      />
      {isRunning ? (
        <button type="button" onClick={stop}>
          Stop
        </button>
      ) : (
        <button type="submit" class="primary" disabled={text.value.trim() === ''}>
          Send
        </button>
      )}
    </form>
  );
}

function ResultForm({ call }: { call: ToolCall }) {
  const text = useSignal('');
  const id = `result-${call.id}`;
  return (
    <form
      class="result"
      onSubmit={(event) => {
        event.preventDefault();
        void giveResult(call, text.value);
      }}
    >
      <label for={id}>
        The model calls <code>{call.name}</code>. What does it return?
      </label>
      <textarea
        id={id}
        rows={2}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <button type="submit" class="primary">
        Give the result
      </button>
    </form>
  );
}
