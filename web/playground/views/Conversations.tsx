import {
  conversations,
  current,
  currentId,
  importConversations,
  removeConversation,
  running,
  startConversation,
} from '../state.js';

export function Conversations({ onChosen }: { onChosen: () => void }) {
  const disabled = running.value !== undefined;
  return (
    <aside aria-label="Chats">
      <h2>Chats</h2>
      <p class="row">
        <button type="button" class="primary" disabled={disabled} onClick={startConversation}>
          New chat
        </button>
        <button type="button" onClick={exportAll}>
          Export
        </button>
        <label class="file">
          Import
          <input
            type="file"
            accept="application/json"
            onChange={async (event) => {
              const [file] = event.currentTarget.files ?? [];
              if (file !== undefined) importConversations(await file.text());
            }}
          />
        </label>
      </p>
      <ul class="chats">
        {conversations.value.map(({ id, title }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={id === current.value.id}
              disabled={disabled}
              onClick={() => {
                currentId.value = id;
                onChosen();
              }}
            >
              {title}
            </button>
            <button
              type="button"
              aria-label={`Delete ${title}`}
              disabled={disabled}
              onClick={() => removeConversation(id)}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
    </aside>
  );
}

function exportAll(): void {
  const url = URL.createObjectURL(
    new Blob([JSON.stringify(conversations.value, null, 1)], { type: 'application/json' }),
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = 'jambalaya-chats.json';
  link.click();
  URL.revokeObjectURL(url);
}
