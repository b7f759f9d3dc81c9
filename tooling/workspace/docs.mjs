// `npm run docs`: installs, builds the tutorial, and serves it on this machine; the address is printed. Arguments go to
// the server: `npm run docs -- --port 8080`.
import { serve } from './src/serve.mjs';

const build = ['--filter=@capsnet/docs', '--log-prefix=none', '--output-logs=new-only'];
process.exitCode = await serve({ app: 'docs', server: 'vitepress', build });
