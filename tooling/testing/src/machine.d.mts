/** The compiled addon of the tfjs-node that `@capsnet/backend` resolves, if it is there. */
export function nativeAddon(): string | undefined;
/** The Chromium that browser tests drive: `CHROMIUM_PATH`, or one in the usual place. */
export function chromium(): string | undefined;
/** What decides which tests run here, in one line: turbo must not replay results of another machine. */
export function machine(): string;
