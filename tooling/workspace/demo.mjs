// `npm run demo`: from a fresh clone to the demo in a browser. Builds the page and the tutorial that it links to, serves them
// and prints the page's address.
//
//   npm run demo                    on the first free port from 4173
//   npm run demo -- --port 8080     with options of `vite preview`
import { serve } from './src/serve.mjs';

const build = [
  '--filter=@capsnet/demo...',
  '--filter=@capsnet/docs',
  '--concurrency=2',
  '--output-logs=errors-only',
];
process.exitCode = await serve({ app: 'demo', server: 'vite', build });
