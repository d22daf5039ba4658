/** What the browser keeps: conversations and settings. The API key stays in the tab. */
import type { Settings } from './api.js';
import { type Conversation, newConversation, parseConversations } from './conversation.js';

const keys = { conversations: 'jambalaya.conversations', settings: 'jambalaya.settings', theme: 'jambalaya.theme' };

export const defaultSettings: Settings = {
  model: '',
  system: '',
  temperature: 0.7,
  topP: 0.95,
  maxTokens: 256,
  seed: '',
  stop: '',
  documents: '',
  tools: '',
  schema: '',
  probabilities: false,
  apiKey: '',
};

export const newId = (): string => crypto.randomUUID();

export function loadConversations(): Conversation[] {
  try {
    const found = parseConversations(localStorage.getItem(keys.conversations) ?? '[]');
    if (found.length > 0) return found;
  } catch {
    // Written by another version: a new chat begins.
  }
  return [newConversation(newId())];
}

/** False where the browser has no room. */
export function saveConversations(conversations: readonly Conversation[]): boolean {
  try {
    localStorage.setItem(keys.conversations, JSON.stringify(conversations));
    return true;
  } catch {
    return false;
  }
}

export function loadSettings(): Settings {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keys.settings) ?? '{}');
    const known = Object.entries((stored ?? {}) as object).filter(
      ([name, value]) => typeof value === typeof defaultSettings[name as keyof Settings],
    );
    return { ...defaultSettings, ...Object.fromEntries(known) };
  } catch {
    return defaultSettings;
  }
}

export function saveSettings({ apiKey: _, ...settings }: Settings): void {
  try {
    localStorage.setItem(keys.settings, JSON.stringify(settings));
  } catch {
    // Nothing is lost but the choice.
  }
}

export const loadTheme = (): string => localStorage.getItem(keys.theme) ?? '';
export const saveTheme = (theme: string): void => localStorage.setItem(keys.theme, theme);
