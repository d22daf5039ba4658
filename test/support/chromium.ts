/**
 * The system's Chromium for tests in a page.
 *
 * Without one they are skipped and say so; with JAMBALAYA_BROWSER=1 (as in CI) its absence is a failure.
 * JAMBALAYA_CHROMIUM names another browser than /usr/bin/chromium.
 */
import { existsSync } from 'node:fs';

const executablePath = process.env.JAMBALAYA_CHROMIUM ?? '/usr/bin/chromium';

/** Whether a suite that needs a browser has to be skipped. */
export const withoutChromium = !existsSync(executablePath) && process.env.JAMBALAYA_BROWSER !== '1';
if (withoutChromium) console.warn(`tests in a browser are skipped: there is no ${executablePath}`);

export const launchOptions = {
  executablePath,
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
