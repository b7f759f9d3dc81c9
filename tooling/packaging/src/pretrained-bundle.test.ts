import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '@capsnet/workspace/packages';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';

// A page takes the files of the networks that it asks for, and of no others.

const pretrained = join(root, 'packages/pretrained');
const names = readdirSync(join(pretrained, 'models'));

/** The files of a network by their content, for a bundler gives them other names. */
function filesOf(name: string): string[] {
  return ['weights', 'decoder'].map(part =>
    digest(readFileSync(join(pretrained, 'models', name, `${part}.safetensors`))),
  );
}

describe('a page that Vite builds', () => {
  it.each(names)('takes the files of %s alone when it imports that module', async name => {
    const { assets, code } = await bundle(
      `import { load } from ${JSON.stringify(join(pretrained, `dist/${name}.js`))}; load();`,
    );
    expect(assets.map(({ source }) => digest(source)).sort()).toEqual(filesOf(name).sort());
    for (const { fileName } of assets) expect(code).toContain(fileName);
    for (const other of names.filter(other => other !== name)) expect(code).not.toContain(`"${other}"`);
    // Named, for Node, but never imported.
    expect(code).not.toMatch(/\b(from|import)\s*\(?\s*["'`]node:/);
  });

  it('takes the files of all when it imports them by name', async () => {
    const { assets } = await bundle(
      `import { loadPretrained } from ${JSON.stringify(join(pretrained, 'dist/index.js'))}; loadPretrained(location.hash);`,
    );
    expect(assets.map(({ source }) => digest(source)).sort()).toEqual(names.flatMap(filesOf).sort());
  });
});

async function bundle(source: string): Promise<{ assets: Rolldown.OutputAsset[]; code: string }> {
  const entry = 'virtual:entry';
  const result = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      rolldownOptions: { input: entry, external: /^@tensorflow\// },
    },
    plugins: [
      {
        name: 'entry',
        resolveId: id => (id === entry ? id : undefined),
        load: id => (id === entry ? source : undefined),
      },
    ],
  });
  const { output } = result as Rolldown.RolldownOutput;
  return {
    assets: output.filter(file => file.type === 'asset'),
    code: output.flatMap(file => (file.type === 'chunk' ? file.code : [])).join('\n'),
  };
}

function digest(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
