import { differences } from '@capsnet/checks';
import { networkConfig } from '@capsnet/core';
import { type ConfigurationKey, configurationKeys } from '@capsnet/core/configuration';
import { markdownTable } from 'markdown-table';
import { presets } from '../src/config/presets';
import { type RunConfig, runSchema } from '../src/config/schema';

/** The tutorial's page of all keys of a configuration, from the schema that checks them. */
export function configurationPage(): string {
  const keys = configurationKeys(runSchema);
  const below = (section: string) => keys.filter(({ path }) => path.startsWith(section));
  return `---
aside: false
---
# The configuration

Every key with its default, made from the schema that checks it. In code, \`capsNet\` takes any part of what stands under \`model\`, and the rest is
by default: \`capsNet({ primary: { channels: 8 } })\`. The command line takes all of it: \`capsnet train --set model.primary.channels=8\`, or
\`--config FILE.json\`, a file with any part. A \`*\` is a place in a list, counted from 0: \`--set model.convolutions.0.filters=64\`.

An unknown key is refused, and the nearest known one named. In files, the names of earlier versions (\`kernel\`, \`softmaxOver\`, \`ema\` ...) are still
read.

## The network

The defaults are the paper's network.

${networkTables(below('model.'))}

## The images

${tableOf(below('data.'))}

## The training

${tableOf(below('training.'))}

## The computer

${tableOf(below('backend'))}

## Presets

\`capsnet train --preset NAME\` begins with other values; \`--set\` and \`--config\` change them further. \`paper\` has the defaults.

${presetsTable()}
`;
}

/** A table of what all kinds of network have, and one for each kind; its keys stand together. */
function networkTables(keys: readonly ConfigurationKey[]): string {
  const tables = new Map<string, ConfigurationKey[]>();
  let heading = 'Every kind';
  for (const { only, ...key } of keys) {
    const [, kind] = /^model\.kind "(.+)"$/.exec(only ?? '') ?? [];
    if (kind) heading = `Only with ${code('model.kind')} ${code(kind)}`;
    const rows = tables.get(heading) ?? [];
    tables.set(heading, [...rows, kind || !only ? key : { ...key, only }]);
  }
  return [...tables].map(([heading, rows]) => `### ${heading}\n\n${tableOf(rows)}`).join('\n\n');
}

function tableOf(keys: readonly ConfigurationKey[]): string {
  const rows = keys.map(({ path, type, byDefault, meaning, only }) => [
    code(path),
    type.replaceAll(/"([^"]+)"/g, '`$1`'),
    byDefault === undefined ? 'to be stated' : value(byDefault),
    only ? `${only.replace(/(\S+) "(.+)"/, 'With `$1` `$2`')}. ${meaning}` : meaning,
  ]);
  return markdownTable([['key', 'type', 'default', 'meaning'], ...rows], { alignDelimiters: false });
}

/** Where presets differ from the defaults of their kind of network. */
function presetsTable(): string {
  const rows = Object.entries(presets).flatMap(([name, preset]) =>
    changesOf(preset).map(({ path, now }) => [code(name), code(path), value(now)]),
  );
  return markdownTable([['preset', 'key', 'value'], ...rows], { alignDelimiters: false });
}

function changesOf(preset: RunConfig) {
  const { kind } = preset.model;
  const ofKind = { ...presets.paper, model: kind === 'cnn' ? networkConfig({ kind }) : presets.paper.model };
  const kinds = kind === 'cnn' ? [{ path: 'model.kind', now: kind }] : [];
  return [...kinds, ...differences(ofKind, preset).filter(({ now }) => now !== undefined)];
}

function code(text: string): string {
  return `\`${text}\``;
}

function value(stated: unknown): string {
  return code(typeof stated === 'string' ? stated : JSON.stringify(stated));
}
