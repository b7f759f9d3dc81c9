import cells from '../../example/cells.js?raw';
import main from '../../example/main.js?raw';
import manifest from '../../example/package.json?raw';

/** The files of the example, as they are tested here. */
export const exampleFiles: Readonly<Record<string, string>> = {
  'package.json': manifest,
  'main.js': main,
  'cells.js': cells,
};

/** Opens the example as a project on StackBlitz, by its form: nothing leaves this page before it is asked for. */
export function openExample(): void {
  const form = document.createElement('form');
  form.method = 'POST';
  form.action = 'https://stackblitz.com/run?file=cells.js';
  form.target = '_blank';
  const fields = {
    'project[title]': 'A capsule network',
    'project[description]': 'Trains a small capsule network on MNIST, cell by cell',
    'project[template]': 'node',
    ...Object.fromEntries(
      Object.entries(exampleFiles).map(([name, text]) => [`project[files][${name}]`, text]),
    ),
  };
  for (const [name, value] of Object.entries(fields)) {
    const input = document.createElement('input');
    Object.assign(input, { type: 'hidden', name, value });
    form.append(input);
  }
  document.body.append(form);
  form.submit();
  form.remove();
}
