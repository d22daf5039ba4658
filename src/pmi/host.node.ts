/** What a Node host adds to this room; the browser's twin is `host.browser.ts`. */
export { countFiles } from './counting/count.host.node.js';
export { openCounts } from './counts.host.node.js';
export { readList, writeList } from './list.host.node.js';
