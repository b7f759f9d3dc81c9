import { expect, it } from 'vitest';
import { examplesIn } from './readme.js';

const block = (source: string, word = '') => `Text.\n\n\`\`\`ts ${word}\n${source}\n\`\`\`\n`;

it('examples have a number, a source and a place', () => {
  const text = block('a();') + block('b();', 'excerpt');
  expect(examplesIn(text, 'README.md')).toEqual([
    { number: 1, source: 'a();\n', place: 'anywhere' },
    { number: 2, source: 'b();\n', place: 'excerpt' },
  ]);
});

it('a place is one of four', () => {
  expect(() => examplesIn(block('a();', 'deno'), 'README.md')).toThrow(
    'README.md: expected node, browser, excerpt or nothing after ```ts, found deno',
  );
});

it.each(['train(model, source, {', '  await train(model, source);'])(
  'an example trains something: not by %s',
  call => {
    expect(() => examplesIn(block(`import 'x';\n${call}`, 'excerpt'), 'README.md')).toThrow(
      `README.md: expected a loop over the events of train(), found a call that trains nothing: ${call}`,
    );
    const loop = `for await (const event of ${call.replace(/^ *(await )?/, '')}`;
    expect(examplesIn(block(loop), 'README.md')).toHaveLength(1);
  },
);
