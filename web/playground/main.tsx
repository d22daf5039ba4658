/** The playground: a chat with the server that it came from. State is in `state.ts`, what is shown in `views/`. */
import { render } from 'preact';
import { loadModels } from './state.js';
import { App } from './views/App.js';

render(<App />, document.getElementById('app')!);
void loadModels();
