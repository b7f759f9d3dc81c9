import type { PageEnvironment } from '../environment.js';

const shared = { tool: 'next', packages: ['next@16', 'react@19', 'react-dom@19'] };
const layout = 'export default ({ children }) => <html><body>{children}</body></html>;\n';

/** The page's own code: a client component, exported as files. */
export const nextPage: PageEnvironment = {
  ...shared,
  name: "Next 16, a page's own code",
  files: {
    'app/layout.jsx': layout,
    'app/page.jsx': `'use client';
import { useEffect } from 'react';
import { program } from '../program.js';
export default function Page() {
  useEffect(() => { program().then(() => { document.title = 'done'; }); }, []);
  return <p>A page</p>;
}
`,
    'next.config.mjs': "export default { output: 'export' };\n",
  },
  commands: [['next', 'build']],
  served: 'out',
};

/** The server's own code: a component that waits for the network. */
export const nextServer: PageEnvironment = {
  ...shared,
  name: 'Next 16, a server component',
  files: {
    'app/layout.jsx': layout,
    'app/page.jsx': `import { program } from '../program.js';
export const dynamic = 'force-dynamic';
export default async function Page() {
  await program();
  return <title>done</title>;
}
`,
    'next.config.mjs':
      "export default { serverExternalPackages: ['@capsnet/pretrained', '@capsnet/backend'] };\n",
  },
  commands: [['next', 'build']],
  served: port => ['next', 'start', '--hostname=127.0.0.1', `--port=${port}`],
  needs: "`serverExternalPackages: ['@capsnet/pretrained', '@capsnet/backend']`",
};
