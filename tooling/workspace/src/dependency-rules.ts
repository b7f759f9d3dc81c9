import { cruise, type IForbiddenRuleType, type IModule } from 'dependency-cruiser';

/**
 * Which of our packages each one may import, in its sources and so in what is published: imports point one way, and
 * core, data, trainer and backend do not know each other (docs/architecture.md). Tests are free: a test of core runs
 * on a backend that `@capsnet/backend` picked.
 */
export const allowedImports: Readonly<Record<string, readonly string[]>> = {
  'packages/checks': [],
  'packages/safetensors': ['packages/checks'],
  'packages/backend': ['packages/checks'],
  'packages/data': ['packages/checks'],
  'packages/mnist': ['packages/checks', 'packages/data'],
  'packages/core': ['packages/checks', 'packages/safetensors'],
  'packages/trainer': ['packages/checks', 'packages/safetensors'],
  'packages/pretrained': ['packages/checks', 'packages/core', 'packages/safetensors'],
  'apps/demo': [
    'packages/checks',
    'packages/pretrained',
    'packages/core',
    'packages/data',
    'packages/mnist',
    'packages/trainer',
    'packages/backend',
  ],
  'apps/docs': ['packages/core', 'packages/mnist', 'packages/trainer', 'packages/backend'],
  'apps/train': [
    'packages/checks',
    'packages/safetensors',
    'packages/pretrained',
    'packages/core',
    'packages/data',
    'packages/mnist',
    'packages/trainer',
    'packages/backend',
  ],
};

/**
 * The folders of a package's sources, in an order in which each imports only those before it (docs/architecture.md, Rooms). What
 * lies beside them, such as interfaces and `index.ts`, is free; a package that is not listed has no folders.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  'packages/core': [
    'configuration',
    'capsules',
    'convolution',
    'losses',
    'routing',
    'layers',
    'networks',
    'inspection',
    'interchange',
  ],
  'packages/data': [
    'random',
    'sets',
    'files',
    'formats',
    'augmentation',
    'pictures',
    'handwriting',
    'class-folders',
    'batches',
  ],
  'packages/trainer': [
    'batches',
    'weights',
    'optimizers',
    'schedules',
    'evaluation',
    'checkpoints',
    'tensorboard',
    'workers',
    'training',
  ],
  'packages/backend': ['wasm', 'native', 'workers', 'candidates'],
  'apps/train': [
    'files',
    'terminal',
    'charts',
    'pictures',
    'data-sets',
    'named-sets',
    'config',
    'data',
    'runs',
    'models',
    'evaluation',
    'experiments',
    'workers',
    'preparation',
    'training',
    'queue',
    'sweeps',
    'serving',
    'watching',
    'export',
    'commands',
  ],
  'apps/demo': [
    'style',
    'formulas',
    'page',
    'figures',
    'network',
    'digits',
    'drawing',
    'classifying',
    'routing',
    'perturbing',
    'pairs',
    'training',
    'backends',
    'app',
  ],
  'apps/docs': ['curves', 'digits', 'elements', 'figures', 'notebook'],
};

const tests = '\\.test\\.tsx?$';
const tfjsBackends = '@tensorflow/tfjs-(node|backend-)';

const rules: IForbiddenRuleType[] = [
  ...Object.entries(allowedImports).map(([folder, others]) => ({
    name: `${folder} imports ${others.join(', ') || 'no package of ours'}`,
    from: { path: `^${folder}/src/`, pathNot: tests },
    to: { path: '^(packages|apps|tooling)/', pathNot: `^(${[folder, ...others].join('|')})/` },
  })),
  ...Object.entries(rooms).flatMap(([folder, names]) =>
    names.slice(0, -1).map((name, index) => ({
      name: `${folder}: ${name} imports no room that comes after it`,
      from: { path: `^${folder}/src/${name}/`, pathNot: tests },
      to: { path: `^${folder}/src/(${names.slice(index + 1).join('|')})/` },
    })),
  ),
  {
    name: 'only packages/backend imports the backends of tfjs',
    from: { pathNot: `^packages/backend/|${tests}` },
    to: { path: tfjsBackends },
  },
  {
    name: 'packages/backend imports the backends of tfjs only when one is picked',
    from: { path: '^packages/backend/', pathNot: tests },
    to: { path: tfjsBackends, dependencyTypesNot: ['dynamic-import', 'type-only'] },
  },
  {
    name: 'no cycles, not even of types',
    from: {},
    to: { circular: true },
  },
  {
    name: 'every import can be resolved',
    from: {},
    to: { couldNotResolve: true, pathNot: '^virtual:|\\?(url|raw)$' },
  },
];

/**
 * Reads the imports of all sources below a folder and holds them against the rules.
 *
 * @param root    the folder that holds `packages` and `apps`
 * @param sources folders below it
 * @returns a line for each import that breaks a rule: `rule: importing file -> imported file`
 */
export async function brokenRules(root: string, sources: readonly string[]): Promise<string[]> {
  const { output } = await cruise(
    [...sources],
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: rules },
      tsPreCompilationDeps: true,
      doNotFollow: { path: ['node_modules', '/dist/'] },
    },
    {
      exportsFields: ['exports'],
      conditionNames: ['@capsnet/source', 'node', 'import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      extensionAlias: { '.js': ['.ts', '.js'] },
    },
  );
  if (typeof output === 'string') throw new Error(`expected dependency-cruiser's result, found ${output}`);
  return [
    ...output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`),
    ...output.modules.flatMap(deepImports),
  ];
}

/** What a library has in its dist folder is its own business. */
function deepImports({ source, dependencies }: IModule): string[] {
  return dependencies
    .filter(({ module }) => module.includes('/dist/') && !module.endsWith('.css'))
    .map(({ module }) => `no imports from a dist folder: ${source} -> ${module}`);
}
