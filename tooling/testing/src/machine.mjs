import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

// Not TypeScript, since Node loads this file itself: types in machine.d.mts.

export function nativeAddon() {
  try {
    const { resolve } = createRequire(new URL('../../../packages/backend/package.json', import.meta.url));
    const tfjsNode = dirname(resolve('@tensorflow/tfjs-node/package.json'));
    const addon = join(tfjsNode, 'lib', 'napi-v8', 'tfjs_binding.node');
    return existsSync(addon) ? addon : undefined;
  } catch {
    return undefined;
  }
}

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

export function machine() {
  const native = nativeAddon() ? 'native' : 'no native';
  const browser = chromium() ? 'Chromium' : 'no Chromium';
  return `Node ${process.versions.node}, ${process.platform}-${process.arch}, ${native}, ${browser}`;
}
