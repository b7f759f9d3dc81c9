import { published } from '../../src/entries.js';
import type { Environment } from '../environment.js';

const withTypes = published.filter(({ manifest }) => manifest.exports?.['.'] !== undefined);
const modules = withTypes.flatMap(({ manifest: { name, exports = {} } }) =>
  Object.keys(exports)
    .filter(path => !path.includes('*') && !path.endsWith('.json'))
    .map(path => `${name}${path.slice(1)}`),
);

/** The least TypeScript, with all checks; errors in the declarations of others, such as tfjs, do not count. */
export const leastTypeScript: Environment = {
  name: 'TypeScript 5.4, `skipLibCheck: false`; `moduleResolution` `node16` and `bundler`',
  tool: 'typescript',
  packages: ['typescript@5.4', '@types/node@20', ...withTypes.map(({ manifest }) => manifest.name)],
  files: {
    'uses.ts': `import { encodeSafetensors } from '@capsnet/safetensors';
${modules.map((name, i) => `export * as module${i} from '${name}';`).join('\n')}
// @ts-expect-error bytes are no number, and not any
export const n: number = encodeSafetensors({});
export const blob = new Blob([encodeSafetensors({})]);
`,
    'check.mjs': `import ts from 'typescript';
const { ModuleKind: M, ModuleResolutionKind: R } = ts;
for (const [module, moduleResolution] of [[M.Node16, R.Node16], [M.ESNext, R.Bundler]]) {
  const lib = ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'];
  const options = { module, moduleResolution, target: ts.ScriptTarget.ES2022, lib, strict: true, noEmit: true };
  const program = ts.createProgram(['uses.ts'], options);
  const ours = program.getSourceFiles().filter(({ fileName }) => !/node_modules\\/(?!@capsnet\\/)/.test(fileName));
  const problems = ours.flatMap(file => ts.getPreEmitDiagnostics(program, file));
  if (problems.length === 0) continue;
  const host = { getCanonicalFileName: name => name, getCurrentDirectory: () => '', getNewLine: () => '\\n' };
  throw new Error(ts.formatDiagnostics(problems, host));
}
console.log('done');
`,
  },
  commands: [['node', 'check.mjs']],
};
