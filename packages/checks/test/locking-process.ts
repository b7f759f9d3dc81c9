import { createInterface } from 'node:readline';
import { type FolderLock, lockFolder } from '../src/node';

// At every line with a folder it releases the one before, tries to lock this one, and prints `locked` or the error; at an
// empty line, whether it still holds it. It ends with its input.

let lock: FolderLock | undefined;
for await (const folder of createInterface(process.stdin)) {
  try {
    if (folder === '') {
      await lock?.expectHeld();
      console.log('held');
      continue;
    }
    await lock?.release();
    lock = undefined;
    lock = await lockFolder(folder);
    console.log('locked');
  } catch (error) {
    const { name, message } = error as Error;
    console.log(`${name}: ${message}`);
  }
}
