import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The compiled addon of the tfjs-node that `@capsnet/backend` resolves, if it is there.
 * @returns {string | undefined} its path
 */
export function nativeAddon() {
  try {
    const { resolve } = createRequire(new URL('../../../packages/backend/package.json', import.meta.url));
    const addon = join(
      dirname(resolve('@tensorflow/tfjs-node/package.json')),
      'lib',
      'napi-v8',
      'tfjs_binding.node',
    );
    return existsSync(addon) ? addon : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The Chromium that browser tests drive: `CHROMIUM_PATH`, or one in the usual place.
 * @returns {string | undefined} its path
 */
export function chromium() {
  const { CHROMIUM_PATH, PROGRAMFILES } = process.env;
  const places = CHROMIUM_PATH
    ? [CHROMIUM_PATH]
    : [
        '/usr/bin/chromium',
        '/usr/bin/chromium-browser',
        '/usr/bin/google-chrome',
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        `${PROGRAMFILES}\\Google\\Chrome\\Application\\chrome.exe`,
      ];
  return places.find(path => existsSync(path));
}

/** What decides which tests run here, in one line: turbo must not replay results of another machine. */
export function machine() {
  const native = nativeAddon() ? 'native' : 'no native';
  const browser = chromium() ? 'Chromium' : 'no Chromium';
  return `Node ${process.versions.node}, ${process.platform}-${process.arch}, ${native}, ${browser}`;
}
