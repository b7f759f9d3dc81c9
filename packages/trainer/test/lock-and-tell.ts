import { createInterface } from 'node:readline';
import { lockFolder } from '../src/node';

// At every line with a folder it tries to lock that, and prints `locked` or the error. It ends with its input.

for await (const folder of createInterface(process.stdin)) {
  await lockFolder(folder).then(
    () => console.log('locked'),
    (error: Error) => console.log(`${error.name}: ${error.message}`),
  );
}
