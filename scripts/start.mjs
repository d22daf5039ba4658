/** `npm start`: serves the model that ships on the loopback, and says what to try. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const model = 'models/nano';
const port = process.env.PORT ?? '8080';

const server = spawn(process.execPath, ['dist/cli/main.js', 'serve', model, 'mrkl', '--port', port], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
});
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => server.kill('SIGTERM'));
server.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGTERM' ? 0 : 1);
});
server.stdout.setEncoding('utf8').on('data', (text) => {
  process.stdout.write(text);
  const url = /http:\/\/\S+/.exec(text)?.[0];
  if (url === undefined) return;
  console.log(`
Open ${url} for the playground, or:

  curl ${url}/v1/chat/completions -H 'content-type: application/json' \\
    -d '{"messages": [{"role": "user", "content": "What is 12 plus 30?"}]}'

${model} is a small demo (11M parameters). Serve a real model:

  npx jambalaya serve ORG/NAME-or-folder-or-file.gguf

Ctrl-C ends.`);
});
