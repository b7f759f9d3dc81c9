import { basename } from 'node:path';

/**
 * What a reader of this program's messages types to get the native backend and our kernels. It names a package of this project:
 * npx would fetch a stranger's package for a bare `capsnet-native` where that is not installed. The command line of
 * `@capsnet/train` has a command of its own, which even strict package managers find.
 */
export function installCommand(): string {
  const isCapsnet = /^capsnet(\.js)?$/.test(basename(process.argv[1] ?? ''));
  return isCapsnet ? '`capsnet native install`' : '`npx --package @capsnet/backend capsnet-native install`';
}
