// `npm run play`: runs examples/scratch.ts, which is yours and which git ignores, on the sources, and again at every change of it
// or of them. `npm run play -- couplings` does so with examples/couplings.ts.
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './src/packages.mjs';
import { install, requireNode } from './src/prepare.mjs';
import { run } from './src/process.mjs';

requireNode();

async function play() {
  const [name = 'scratch'] = process.argv.slice(2);
  const program = join(root, 'examples', `${name}.ts`);
  if (name === 'scratch' && !existsSync(program)) {
    copyFileSync(join(root, 'examples', 'capsules-in-a-model.ts'), program);
    console.log('examples/scratch.ts is yours now: change it, and it runs again\n');
  }
  if (!existsSync(program)) throw new Error(`expected an example, found no examples/${name}.ts`);
  const runSource = join(root, 'tooling', 'workspace', 'src', 'run-source.mjs');
  let code = 0;
  while (code === 0) {
    code = await run(process.execPath, [runSource, program]);
    console.log();
  }
  return code;
}

process.exitCode = (await install()) || (await play());
