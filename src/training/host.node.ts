/** What a Node host adds to this room; the browser's twin is `host.browser.ts`. */
export { expandFiles, fileSizes, joinPath, readBytes } from './data/files.host.node.js';
export {
  DocumentHash,
  hashOfFile,
  hashOfTexts,
  openTokenFile,
  TokenFileWriter,
} from './data/tokenFile.host.node.js';
export {
  folderOf,
  openRunFolder,
  pathBeside,
  pathIn,
  plotLibrary,
  tokenCacheFolder,
  yieldToEvents,
} from './runFolder.host.node.js';
