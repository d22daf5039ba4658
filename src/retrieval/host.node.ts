/** What a Node host adds to this room; the browser's twin is `host.browser.ts`. */
export { indexFolder } from './build.host.node.js';
export { openIndex } from './search.host.node.js';
