import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { PNG } from 'pngjs';
import { describe, expect, it } from 'vitest';
import { barsRuns } from './bars-runs';
import { jsonLines } from './command-line';
import { elements, textsOf } from './svg';

const bars = barsRuns('watch');
const endless = ['--epochs', '100000', '--set', 'training.patience=null'];

/** A training, at what its page answers once a step has followed a validation; it is stopped then, as by Ctrl-C. */
async function watching<T>(name: string, args: readonly string[], ask: (url: string) => Promise<T>) {
  let url = '';
  let isValidated = false;
  let asked: Promise<T> | undefined;
  const { code, stdout } = await bars.run(
    ['train', '--name', name, ...bars.small, ...endless, ...args, '--json'],
    {
      onLine(line, kill) {
        const event = JSON.parse(line);
        if (event.type === 'watching') url = event.url;
        if (event.type === 'validation') isValidated = true;
        if (event.type !== 'step' || !isValidated || asked) return;
        asked = ask(url).finally(() => kill('SIGINT'));
      },
    },
  );
  expect(code, stdout.slice(-500)).toBe(130);
  return { url, answer: await asked! };
}

/** `fetch` sets the host itself. */
async function asHost(url: string, host: string): Promise<number | undefined> {
  const asking = request(url, { headers: { host } }).end();
  const [response] = await once(asking, 'response');
  response.resume();
  return response.statusCode;
}

describe.skipIf(process.platform === 'win32')('capsnet train --watch', () => {
  it('shows curves, confusion and reconstructions on a page of this machine, until the training ends', async () => {
    const { url, answer } = await watching('shown', ['--watch', '0'], async url => {
      const get = async (path: string) => {
        const response = await fetch(`${url}${path}`);
        return { response, bytes: Buffer.from(await response.arrayBuffer()) };
      };
      return {
        page: await get('/'),
        script: await get('/page.js'),
        style: await get('/page.css'),
        state: await get('/state'),
        curves: await get('/curves'),
        confusion: await get('/confusion'),
        reconstructions: await get('/reconstructions'),
        none: await get('/../config.json'),
        strangers: await Promise.all(
          ['example.com', '127.0.0.1.example.com', 'localhost.example.com:80'].map(host => asHost(url, host)),
        ),
        friend: await asHost(url, 'localhost'),
      };
    });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { page, script, style, none, strangers, friend, ...shown } = answer;
    for (const { response } of [page, script, style, ...Object.values(shown)]) {
      expect(response.status).toBe(200);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    }
    expect(none.response.status).toBe(404);
    expect([...strangers, friend]).toEqual([403, 403, 403, 200]);
    // Nothing of it is elsewhere, or within the page.
    expect(page.bytes.toString()).not.toMatch(/https?:|<style|<script>|\son\w+=|\sstyle=/);
    expect(script.bytes.toString()).not.toMatch(/https?:|innerHTML/);

    const state = JSON.parse(shown.state.bytes.toString());
    const measured = bars.measured('shown');
    const validation = measured.find(({ split }) => split === 'validation')!;
    expect(state).toMatchObject({ name: 'shown', state: 'running', epochs: 100_000, steps: 600_000 });
    expect(state.step).toBeGreaterThanOrEqual(validation.step);
    expect(measured.map(({ loss }) => loss)).toContain(state.validationLoss);
    expect(Object.keys(state.pictures)).toEqual(['curves', 'confusion', 'reconstructions']);
    // Of the first epoch too: its end is known.
    expect(elements(shown.curves.bytes.toString(), 'polyline')).toHaveLength(4);
    expect(textsOf(shown.confusion.bytes.toString()).map(({ content }) => content)[0]).toMatch(
      /^\d+ of 32 validation images are misclassified$/,
    );
    const sheet = PNG.sync.read(shown.reconstructions.bytes);
    expect(sheet.width).toBe(10 * (2 * 12 + 4) + 4);
    // It is closed with the training.
    await expect(fetch(url)).rejects.toThrow();
  });

  it('changes nothing of the training, and leaves nothing behind', async () => {
    await bars.train('plain', '--epochs', '2');
    await bars.train('watched', '--epochs', '2', '--watch', '0');
    expect(bars.model('watched').equals(bars.model('plain'))).toBe(true);
    expect(readdirSync(bars.at('runs/watched')).sort()).toEqual(readdirSync(bars.at('runs/plain')).sort());
    expect(readFileSync(bars.at('runs/watched/confusion-matrix.svg'), 'utf8')).toContain('test images are');
  });

  it('takes another port when its own is taken, and refuses one that was named', async () => {
    const taken = createServer().listen(8090, '127.0.0.1');
    // Or somebody else has it already.
    await Promise.race([once(taken, 'listening'), once(taken, 'error')]);
    try {
      const { url } = await watching('other-port', ['--watch'], async url => (await fetch(url)).text());
      expect(url).not.toMatch(/:8090$/);
      expect(await bars.refused('train', '--name', 'refused', ...bars.small, '--watch', '8090')).toBe(
        'capsnet: --watch 8090: the port is taken: choose another, or 0 for any that is free\n',
      );
      expect(existsSync(bars.at('runs/refused'))).toBe(false);
    } finally {
      taken.close();
    }
  });

  it('says what cannot be', async () => {
    const refused = (...args: string[]) => bars.refused('train', ...bars.small, ...args);
    expect(await refused('--watch', '70000')).toContain('Expected a port from 0 to 65535.');
    expect(await refused('--watch', '--seeds', '1,2')).toContain('cannot be used with option');
  });
});

describe.skipIf(process.platform === 'win32')('capsnet runs watch', () => {
  it('shows a run that has ended, with the pictures of its test, until it is stopped', async () => {
    let child: ChildProcess | undefined;
    let shown: Promise<unknown[]> | undefined;
    const { code, stdout } = await bars.run(['runs', 'watch', 'plain', '--port', '0', '--json'], {
      onStart: process => {
        child = process;
      },
      onLine(line) {
        const { url } = JSON.parse(line);
        shown = Promise.all([
          fetch(`${url}/state`).then(response => response.json()),
          fetch(`${url}/confusion`).then(response => response.text()),
        ]).finally(() => child!.kill('SIGTERM'));
      },
    });
    const [state, confusion] = await shown!;
    expect(state).toMatchObject({
      name: 'plain',
      state: 'finished',
      step: 12,
      steps: 12,
      epoch: 2,
      epochs: 2,
    });
    expect(confusion).toBe(readFileSync(bars.at('runs/plain/confusion-matrix.svg'), 'utf8'));
    expect([code, jsonLines(stdout)[0]!.type]).toEqual([0, 'watching']);
    expect(await bars.refused('runs', 'watch', 'none')).toContain('no run none in runs');
  });
});
