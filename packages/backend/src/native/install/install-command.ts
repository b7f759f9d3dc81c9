import { basename } from 'node:path';

/**
 * What a reader of this program's messages types to get the native backend and our kernels. It names a package of this project:
 * npx would fetch a stranger's package for a bare `capsnet-native` where that is not installed.
 */
export const installCommand = isCapsnet(process.argv[1])
  ? '`capsnet native install`'
  : '`npx --package @capsnet/backend capsnet-native install`';

/** Whether the program is the command line of `@capsnet/train`, whose own command even strict package managers find. */
function isCapsnet(program = ''): boolean {
  return /^capsnet(\.js)?$/.test(basename(program));
}
