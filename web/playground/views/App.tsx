import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { models, modelsError, notice, running, settings, stop, theme } from '../state.js';
import { Chat } from './Chat.js';
import { Conversations } from './Conversations.js';
import { SettingsPanel } from './SettingsPanel.js';

const themes = { '': 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' } as const;
type Theme = keyof typeof themes;

export function App() {
  const panel = useSignal<'none' | 'chats' | 'settings'>('none');
  const toggle = (name: 'chats' | 'settings') => {
    panel.value = panel.value === name ? 'none' : name;
  };
  const nextTheme = () => {
    const names = Object.keys(themes) as Theme[];
    theme.value = names[(names.indexOf(theme.value as Theme) + 1) % names.length]!;
  };
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && running.value !== undefined) stop();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <div class="page">
      <header>
        <h1>jambalaya</h1>
        <ModelName />
        <nav aria-label="Panels">
          <button type="button" aria-expanded={panel.value === 'chats'} onClick={() => toggle('chats')}>
            Chats
          </button>
          <button type="button" aria-expanded={panel.value === 'settings'} onClick={() => toggle('settings')}>
            Settings
          </button>
          <button type="button" onClick={nextTheme}>
            {themes[theme.value as Theme] ?? themes['']}
          </button>
        </nav>
      </header>
      {modelsError.value !== '' && (
        <p class="error" role="alert">
          The server’s models are not to be had: {modelsError.value}. If it wants a key, put it into the settings.
        </p>
      )}
      {notice.value !== '' && <p role="status">{notice.value}</p>}
      <div class="columns">
        {panel.value === 'chats' && <Conversations onChosen={() => toggle('chats')} />}
        <Chat />
        {panel.value === 'settings' && <SettingsPanel />}
      </div>
    </div>
  );
}

function ModelName() {
  const model = models.value.find(({ id }) => id === settings.value.model);
  if (model === undefined) return <span class="model" />;
  const length = model.contextLength === null ? '' : ` · ${model.contextLength.toLocaleString('en')} tokens of context`;
  return (
    <span class="model">
      {model.id}
      {length}
    </span>
  );
}
