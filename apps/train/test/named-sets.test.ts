import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { download } from '../src/named-sets/download';
import type { NamedSet, PublishedFile } from '../src/named-sets/named-set';
import { namedSets } from '../src/named-sets/named-sets';
import { provideSet } from '../src/named-sets/provide';
import { openConsole } from '../src/terminal/console';
import { capsnet, jsonLines } from './command-line';

const place = mkdtempSync(join(tmpdir(), 'capsnet-named-'));
const requests: IncomingMessage[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let address: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(place, { recursive: true });
});

let folder: string;
let notes: string[];
const output = {
  ...openConsole(true),
  note: (line: string) => notes.push(line),
  warn: (line: string) => notes.push(line),
};
beforeEach(() => {
  requests.length = 0;
  notes = [];
  folder = mkdtempSync(join(place, 'folder-'));
});

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const content = Buffer.from(Array.from({ length: 100_000 }, (_, at) => (at * at) % 251));
const path = () => join(folder, 'file.bin');
const published: PublishedFile = { name: 'file.bin', bytes: content.length, sha256: sha256(content) };
const fetchIt = (file: PublishedFile = published) => download(`${address}/file.bin`, path(), file, output);

/** Ends the connection as soon as so much has arrived. */
function breakOff(response: ServerResponse, bytes: number): void {
  const part = `${path()}.part`;
  if (existsSync(part) && statSync(part).size >= bytes) response.destroy();
  else setImmediate(() => breakOff(response, bytes));
}

/** As servers do that know ranges, for the content that they have now. */
function serve(bytes: Buffer, etag: string, { until = bytes.length } = {}) {
  return (request: IncomingMessage, response: ServerResponse) => {
    const start = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const isSame = request.headers['if-range'] === etag;
    const from = isSame ? start : 0;
    const headers = { etag, 'content-length': bytes.length - from };
    if (from > 0)
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
      });
    else response.writeHead(200, headers);
    if (until >= bytes.length) response.end(bytes.subarray(from));
    else {
      response.write(bytes.subarray(from, until));
      breakOff(response, Math.max(until, from));
    }
  };
}

describe('a download', () => {
  it('is whole, or is not there', async () => {
    answer = serve(content, '"1"');
    expect(await fetchIt()).toEqual({ bytes: content.length, sha256: published.sha256 });
    expect(readFileSync(path()).equals(content)).toBe(true);
    expect(readdirSync(folder)).toEqual(['file.bin']);
  });

  it('goes on by itself where a connection broke off', async () => {
    let times = 0;
    answer = (request, response) =>
      serve(content, '"1"', { until: [30_000, 70_000][times++] ?? content.length })(request, response);
    await fetchIt();
    expect(readFileSync(path()).equals(content)).toBe(true);
    expect(requests.map(({ headers }) => headers.range !== undefined)).toEqual([false, true, true]);
    expect(notes).toHaveLength(2);
  });

  it('goes on at the next start, but not with another version of the file', async () => {
    answer = serve(content, '"1"', { until: 30_000 });
    // Each time, no more than there was.
    await expect(fetchIt()).rejects.toThrow(/are there, and the next start goes on with them/);
    const half = readFileSync(`${path()}.part`);
    expect(half.length).toBeGreaterThan(0);
    expect(existsSync(path())).toBe(false);
    const other = Buffer.from(content.map(byte => byte ^ 1));
    answer = serve(other, '"2"');
    await fetchIt({ ...published, sha256: sha256(other) });
    expect(readFileSync(path()).equals(other)).toBe(true);
  });

  it('of a server that knows no ranges begins anew', async () => {
    let times = 0;
    answer = (_, response) => {
      response.writeHead(200, { etag: '"1"', 'content-length': content.length });
      if (times++ > 0) response.end(content);
      else {
        response.write(content.subarray(0, 5000));
        breakOff(response, 5000);
      }
    };
    await fetchIt();
    expect(readFileSync(path()).equals(content)).toBe(true);
  });

  it('of a server that is confused about ranges is begun anew, never put together wrongly', async () => {
    writeFileSync(`${path()}.part`, 'old bytes');
    writeFileSync(`${path()}.validator`, '"1"');
    let times = 0;
    answer = (request, response) => {
      if (times++ > 0) return serve(content, '"1"')(request, response);
      response.writeHead(206, { etag: '"1"', 'content-range': `bytes 5-99/100` });
      return response.end('xxxxx');
    };
    await fetchIt();
    expect(readFileSync(path()).equals(content)).toBe(true);
  });

  it.each<[string, PublishedFile, string]>([
    [
      'another digest',
      { ...published, sha256: 'a'.repeat(64) },
      `expected the SHA-256 ${'a'.repeat(64)}, found ${published.sha256}`,
    ],
    ['another MD5', { name: 'file.bin', md5: 'b'.repeat(32) }, `expected the MD5 ${'b'.repeat(32)}, found`],
    ['another length', { ...published, bytes: 5 }, 'expected 5 bytes, found 100000'],
  ])('with %s is refused and removed', async (_, file, message) => {
    answer = serve(content, '"1"');
    await expect(fetchIt(file)).rejects.toThrow(message);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a server that never ends is cut off', async () => {
    answer = (_, response) => {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(2 ** 16)));
      };
      response.on('drain', more);
      more();
    };
    await expect(fetchIt()).rejects.toThrow('expected at most 100000 bytes, found more');
  });

  it('follows to another address, and not for ever', async () => {
    answer = (request, response) =>
      request.url === '/there'
        ? serve(content, '"1"')(request, response)
        : response.writeHead(302, { location: '/there' }).end();
    await fetchIt();
    answer = (_, response) => response.writeHead(302, { location: '/file.bin' }).end();
    rmSync(path());
    await expect(fetchIt()).rejects.toThrow('expected the file, found that it leads to');
    answer = (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    await expect(fetchIt()).rejects.toThrow('found that it leads to file:///etc/passwd');
  });

  it('that is not there, or of nobody', async () => {
    answer = (_, response) => response.writeHead(404).end('<!doctype html>');
    await expect(fetchIt()).rejects.toThrow('expected the file, found HTTP status 404');
    await expect(download('http://127.0.0.1:1/x', path(), published, output)).rejects.toThrow(
      'nobody answers there',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it('goes through the proxy of the environment', async () => {
    const through: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      through.push(request.url!);
      const [host, port] = request.url!.split(':');
      const other = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        other.pipe(socket).pipe(other);
      });
      other.on('error', () => socket.destroy());
      socket.on('error', () => other.destroy());
    });
    proxy.on('request', (request, response) => {
      through.push(request.url!);
      serve(content, '"1"')(request, response);
    });
    await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
    const { http_proxy: before } = process.env;
    process.env.http_proxy = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    try {
      answer = serve(content, '"1"');
      await fetchIt();
      expect(through).toHaveLength(1);
      expect(readFileSync(path()).equals(content)).toBe(true);
    } finally {
      if (before === undefined) delete process.env.http_proxy;
      else process.env.http_proxy = before;
      proxy.closeAllConnections();
      proxy.close();
    }
  });
});

describe('a set', () => {
  const member = Buffer.from('the file within');
  const archive = Buffer.from(
    zipSync({ 'gzip/inner.txt': member, 'gzip/../../evil.txt': member, 'gzip/other.txt': member }),
  );
  const set: NamedSet = {
    meaning: 'a test',
    licence: 'none',
    source: 'http://never.invalid/',
    set: 'idx',
    files: [
      { name: 'plain.bin' },
      { name: 'archive.zip', bytes: archive.length, sha256: sha256(archive), members: ['inner.txt'] },
    ],
  };
  const files: Record<string, Buffer> = { '/mine/plain.bin': content, '/mine/archive.zip': archive };
  const mirror = () => {
    answer = (request, response) => {
      const bytes = files[request.url!];
      if (bytes) serve(bytes, '"1"')(request, response);
      else response.writeHead(404).end();
    };
    return provideSet({ name: 'mine', set, folder, mirror: `${address}/` }, output);
  };

  it('is downloaded once, from a mirror, and told', async () => {
    await mirror();
    expect(readdirSync(folder).sort()).toEqual(['digests.json', 'inner.txt', 'plain.bin']);
    expect(readFileSync(join(folder, 'inner.txt')).equals(member)).toBe(true);
    expect(notes[0]).toBe(
      `mine (a test; licence: none): downloading 2 files from ${address}/mine/ into ${folder}`,
    );
    // Nobody knows its digest: what came is told, and kept.
    expect(notes[1]).toContain(`plain.bin: SHA-256 ${sha256(content)}, nobody has published another`);
    expect(requests).toHaveLength(2);
    await mirror();
    expect(requests).toHaveLength(2);
  });

  it('that has changed since is refused', async () => {
    await mirror();
    writeFileSync(join(folder, 'plain.bin'), 'another');
    await expect(mirror()).rejects.toThrow(
      `expected the SHA-256 ${sha256(content)}, with which it came, found`,
    );
  });

  it('takes files that are there already, if they are those that were published', async () => {
    writeFileSync(join(folder, 'archive.zip'), archive);
    writeFileSync(join(folder, 'plain.bin'), content);
    await mirror();
    expect(requests).toEqual([]);
    rmSync(join(folder, 'digests.json'));
    writeFileSync(join(folder, 'archive.zip'), 'another');
    rmSync(join(folder, 'inner.txt'));
    await expect(mirror()).rejects.toThrow(`expected the SHA-256 ${sha256(archive)}, found`);
  });

  it('whose archive lacks a file is refused', async () => {
    const lacking = { ...set, files: [{ ...set.files[1]!, members: ['none.txt'] }] };
    answer = serve(archive, '"1"');
    await expect(provideSet({ name: 'mine', set: lacking, folder, mirror: address }, output)).rejects.toThrow(
      'archive.zip: expected none.txt in it, found none',
    );
  });
});

describe('--data by name', () => {
  /** USPS has no digest that is known, so that a test can make it. */
  const line = (label: number, at: number) =>
    `${label} ${Array.from({ length: 256 }, (_, pixel) => (pixel % 10 === at % 10 ? '1.0' : '-1.0')).join(' ')}\n`;
  const digits = (count: number) =>
    gzipSync(Array.from({ length: count }, (_, at) => line(at % 10, at)).join(''));

  it('downloads only what is asked for, and reads it', async () => {
    const bytes: Record<string, Buffer> = {
      '/usps/zip.train.gz': digits(40),
      '/usps/zip.test.gz': digits(20),
    };
    answer = (request, response) => serve(bytes[request.url!]!, '"1"')(request, response);
    const env = { XDG_CACHE_HOME: folder, CAPSNET_MIRROR: address };
    const first = await capsnet(['info', '--data', 'usps', '--json'], { cwd: folder, env });
    expect([first.code, first.stderr]).toEqual([0, '']);
    const found = jsonLines(first.stdout);
    expect(found.at(-1)).toMatchObject({ data: { train: 40, test: 20, size: '16x16 gray', classes: 10 } });
    expect(found.filter(({ type }) => type === 'note')).toHaveLength(3);
    // Where nobody answers any more.
    const again = await capsnet(['info', '--data', 'usps', '--mirror', 'http://127.0.0.1:1'], {
      cwd: folder,
      env,
    });
    expect([again.code, again.stdout.includes('16x16 gray')]).toEqual([0, true]);
  });

  it.each([
    [
      ['--data', 'usps', '--mirror', 'http://127.0.0.1:1'],
      'http://127.0.0.1:1/usps/zip.train.gz: nobody answers there',
    ],
    [
      ['--data', 'usps', '--mirror', 'ftp://somewhere'],
      '--mirror ftp://somewhere: expected an address that begins with https:// or http://',
    ],
    [['--data', 'kmnits'], 'no set of that name: expected one of fashion-mnist'],
  ])('%j is told in one line', async (args, message) => {
    const { code, stderr } = await capsnet(['info', ...args], {
      cwd: folder,
      env: { XDG_CACHE_HOME: folder },
    });
    expect(code).toBe(2);
    expect(stderr.trimEnd().split('\n').at(-1)).toContain(message);
    expect(stderr).not.toContain('    at ');
  });

  it('a folder of the same name is meant first', async () => {
    mkdirSync(join(folder, 'usps'));
    writeFileSync(join(folder, 'usps/zip.train'), line(1, 1));
    writeFileSync(join(folder, 'usps/zip.test'), line(1, 1));
    const { code, stdout } = await capsnet(['info', '--data', 'usps'], {
      cwd: folder,
      env: { XDG_CACHE_HOME: folder },
    });
    expect([code, stdout.includes('1 for training')]).toEqual([0, true]);
  });

  it('every set says where it comes from, and every digest has its length', () => {
    for (const [name, { source, files, licence }] of Object.entries<NamedSet>(namedSets)) {
      expect([name, new URL(source).pathname.endsWith('/'), licence.length > 0]).toEqual([name, true, true]);
      for (const { sha256, md5, bytes } of files) {
        if (sha256 !== undefined) expect([/^[0-9a-f]{64}$/.test(sha256), bytes! > 0]).toEqual([true, true]);
        if (md5 !== undefined) expect(md5).toMatch(/^[0-9a-f]{32}$/);
      }
    }
  });
});
