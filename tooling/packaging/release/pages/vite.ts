import { type PageEnvironment, pageOf, pageScript } from '../environment.js';

const shared = {
  tool: 'vite',
  packages: ['vite@8'],
  files: { 'main.js': pageScript, 'index.html': pageOf('/main.js') },
};

export const viteBuild: PageEnvironment = { ...shared, name: 'Vite 8, build', commands: [['vite', 'build']] };

export const viteDevelopment: PageEnvironment = {
  ...shared,
  name: 'Vite 8, development server',
  commands: [],
  served: port => ['vite', '--host=127.0.0.1', `--port=${port}`, '--strictPort'],
};

export const viteWorker: PageEnvironment = {
  ...shared,
  name: 'Vite 8, in a module worker',
  files: {
    'index.html': pageOf('/main.js'),
    'main.js': `const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
worker.onmessage = ({ data }) => { if (data === 'done') document.title = data; else throw new Error(data); };
worker.onerror = ({ message }) => { throw new Error(message); };
`,
    'worker.js': `import { program } from './program.js';
program().then(() => postMessage('done'), error => postMessage(String(error)));
`,
    'vite.config.js': "export default { worker: { format: 'es' } };\n",
  },
  commands: [['vite', 'build']],
  needs: "`worker: { format: 'es' }`",
};
