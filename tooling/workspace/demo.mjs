// `npm run demo`: from a fresh clone to the demo in a browser. Builds the page, serves it and prints its address.
//
//   npm run demo                    on the first free port from 4173
//   npm run demo -- --port 8080     with options of `vite preview`
import { serve } from './src/serve.mjs';

const build = ['--filter=@capsnet/demo...', '--concurrency=2', '--output-logs=errors-only'];
process.exitCode = await serve({ app: 'demo', server: 'vite', build });
