import { createInterface } from 'node:readline';
import { lockFolder } from '../src/node';

// At every line with a folder it releases the one before, tries to lock this one, and prints `locked` or the error. It
// ends with its input.

let release = async () => {};
for await (const folder of createInterface(process.stdin)) {
  await release();
  release = async () => {};
  try {
    release = await lockFolder(folder);
    console.log('locked');
  } catch (error) {
    const { name, message } = error as Error;
    console.log(`${name}: ${message}`);
  }
}
