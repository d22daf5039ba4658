import type { ComponentChildren } from 'preact';
import type { Settings } from '../api.js';
import { change, loadModels, models, settings } from '../state.js';

export function SettingsPanel() {
  const now = settings.value;
  return (
    <aside aria-label="Settings">
      <h2>Settings</h2>
      <Field label="Model" id="model">
        <select id="model" value={now.model} onChange={(event) => change({ model: event.currentTarget.value })}>
          {models.value.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </select>
      </Field>
      <Area name="system" label="System prompt" rows={3} />
      <Numeric name="temperature" label="Temperature (0 takes the likeliest token)" min={0} max={2} step={0.1} />
      <Numeric name="topP" label="Top p" min={0} max={1} step={0.05} />
      <Numeric name="maxTokens" label="Most tokens of an answer" min={1} max={32_768} step={1} />
      <Field label="Seed (empty: a new one each time)" id="seed">
        <input
          id="seed"
          inputMode="numeric"
          value={now.seed}
          onInput={(event) => change({ seed: event.currentTarget.value.replace(/\D/g, '') })}
        />
      </Field>
      <label class="check">
        <input
          type="checkbox"
          checked={now.probabilities}
          onChange={(event) => change({ probabilities: event.currentTarget.checked })}
        />{' '}
        Show how likely each token was
      </label>
      <details>
        <summary>Answer format, documents, tools</summary>
        <Area name="schema" label="JSON schema that the answer satisfies" rows={6} code />
        <Area name="documents" label="Documents (an empty line between two)" rows={4} />
        <Area name="tools" label="Tools, as a list of OpenAI’s definitions (JSON)" rows={6} code />
        <Area name="stop" label="Stop texts (one in a line)" rows={2} />
      </details>
      <Field label="API key (kept in this tab only)" id="apiKey">
        <input
          id="apiKey"
          type="password"
          autocomplete="off"
          value={now.apiKey}
          onChange={(event) => {
            change({ apiKey: event.currentTarget.value });
            void loadModels();
          }}
        />
      </Field>
    </aside>
  );
}

type TextName = 'system' | 'schema' | 'documents' | 'tools' | 'stop';
type NumberName = 'temperature' | 'topP' | 'maxTokens';

function Field({ label, id, children }: { label: string; id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
    </div>
  );
}

function Area({ name, label, rows, code = false }: { name: TextName; label: string; rows: number; code?: boolean }) {
  return (
    <Field label={label} id={name}>
      <textarea
        id={name}
        rows={rows}
        class={code ? 'code' : ''}
        spellcheck={!code}
        value={settings.value[name]}
        onInput={(event) => change({ [name]: event.currentTarget.value } as Partial<Settings>)}
      />
    </Field>
  );
}

function Numeric(props: { name: NumberName; label: string; min: number; max: number; step: number }) {
  const { name, label, min, max, step } = props;
  return (
    <Field label={label} id={name}>
      <input
        id={name}
        type="number"
        min={min}
        max={max}
        step={step}
        value={settings.value[name]}
        onChange={(event) => {
          const value = event.currentTarget.valueAsNumber;
          if (Number.isFinite(value)) change({ [name]: Math.min(max, Math.max(min, value)) } as Partial<Settings>);
        }}
      />
    </Field>
  );
}
