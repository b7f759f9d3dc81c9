export type { Bytes } from './bytes';
export { CapsnetError, type ErrorCode } from './capsnet-error';
export { type Difference, differences } from './differences';
export { formatBytes, formatCount, formatDuration, formatPercent, formatRate } from './format';
export { expectKnownOptions } from './known-options';
export { distance, nearest } from './nearest';
export { sha256 } from './sha256';
export { show } from './show';
