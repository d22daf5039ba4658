/** What a Node host adds to this room; the browser's twin is `host.browser.ts`. */
export {
  expectUnlocked,
  lock,
  newPartial,
  openFile,
  openFolder,
  writeFileAtomically,
  writeFolder,
  writeSafetensors,
} from './files/host.node.js';
export { openModelFiles, writeGguf } from './gguf/host.node.js';
export { listModels, pullModel, resolveModelPath } from './hub/host.node.js';
