import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { formatBytes } from '@capsnet/checks';
import type { EnvHttpProxyAgent } from 'undici';
import type { Console } from '../terminal/console';
import { messageOf, UsageError } from '../terminal/errors';
import type { PublishedFile } from './named-set';

/** More than any file of a set has. */
const largest = 2 ** 31;
/** An interrupted download goes on by itself so often. */
const attempts = 4;
/** Of silence, in milliseconds, after which a connection is taken for dead. */
const silence = 60_000;

/** A file as it has been downloaded. */
export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Downloads a file, or goes on where an interrupted download has stopped, and gives it its name only when it is whole: of the length
 * and the digest that are known of it. Proxies are those of the environment: HTTPS_PROXY, HTTP_PROXY, NO_PROXY.
 *
 * @param path where it is to lie; meanwhile there is `path.part`, and `path.validator`, by which a server knows the version
 * @throws UsageError when it cannot be had, or is another one
 */
export async function download(
  url: string,
  path: string,
  file: PublishedFile,
  output: Console,
): Promise<Downloaded> {
  // A command that downloads nothing does not wait for it.
  const { EnvHttpProxyAgent } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent({ headersTimeout: silence, bodyTimeout: silence });
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await fetchRest(url, path, file, dispatcher, output);
        break;
      } catch (error) {
        if (error instanceof UsageError) throw error;
        const message = messageOf(error);
        const have = await lengthOf(`${path}.part`);
        // Without a byte it is no interruption: nobody is there.
        if (attempt === attempts || have === 0)
          throw new UsageError(
            `${url}: ${causeOf(error) ?? message}${have > 0 ? `; ${formatBytes(have)} are there, and the next start goes on with them` : ''}`,
            { cause: error },
          );
        output.warn(`${url}: ${message}; going on after ${formatBytes(have)}`);
      }
    }
  } finally {
    await dispatcher.close();
  }
  const found = await digestsOf(`${path}.part`);
  const problem =
    file.bytes !== undefined && file.bytes !== found.bytes
      ? `${file.bytes} bytes, found ${found.bytes}`
      : file.sha256 !== undefined && file.sha256 !== found.sha256
        ? `the SHA-256 ${file.sha256}, found ${found.sha256}`
        : file.md5 !== undefined && file.md5 !== found.md5
          ? `the MD5 ${file.md5}, found ${found.md5}`
          : undefined;
  await rm(`${path}.validator`, { force: true });
  if (problem !== undefined) {
    await rm(`${path}.part`);
    throw new UsageError(
      `${url}: expected ${problem}: not the file that was published, and so it was removed`,
    );
  }
  await rename(`${path}.part`, path);
  return { bytes: found.bytes, sha256: found.sha256 };
}

async function fetchRest(
  url: string,
  path: string,
  file: PublishedFile,
  dispatcher: EnvHttpProxyAgent,
  output: Console,
): Promise<void> {
  const part = `${path}.part`;
  const validator = await readFile(`${path}.validator`, 'utf8').catch(() => undefined);
  // What is there without a word of its version may be of another one.
  const have = validator === undefined ? 0 : await lengthOf(part);
  if (have > 0 && have === file.bytes) return;
  const response = await follow(url, dispatcher, {
    'accept-encoding': 'identity',
    ...(have > 0 && { range: `bytes=${have}-`, 'if-range': validator }),
  });
  const { statusCode, headers, body } = response;
  const start = statusCode === 206 ? startOf(headers['content-range']) : 0;
  if (start === undefined || !(statusCode === 200 || (statusCode === 206 && start === have))) {
    await body.dump();
    if (have > 0) {
      // The server has another file than before, or none of that length: from the beginning.
      await rm(`${path}.validator`, { force: true });
      if (statusCode === 416 || statusCode === 206) throw new Error(`HTTP status ${statusCode}`);
    }
    throw new UsageError(`${url}: expected the file, found HTTP status ${statusCode}`);
  }
  const length = Number(headers['content-length'] ?? Number.NaN);
  const total = Number.isNaN(length) ? undefined : start + length;
  if ((total ?? 0) > largest || (file.bytes !== undefined && total !== undefined && total !== file.bytes)) {
    await body.dump();
    throw new UsageError(`${url}: expected ${file.bytes ?? `at most ${largest}`} bytes, found ${total}`);
  }
  const tag = headers.etag ?? headers['last-modified'];
  if (typeof tag === 'string' && !tag.startsWith('W/')) await writeFile(`${path}.validator`, tag);
  else await rm(`${path}.validator`, { force: true });
  const told = progress(file, start, total ?? file.bytes, output);
  await pipeline(body, told, createWriteStream(part, { flags: start > 0 ? 'a' : 'w' }));
}

type Headers = Record<string, string | undefined>;

/** Goes where the server says, a few times; never from an encrypted address to another. */
async function follow(url: string, dispatcher: EnvHttpProxyAgent, headers: Headers, hops = 5) {
  const { request } = await import('undici');
  const response = await request(url, { dispatcher, headers });
  const { location } = response.headers;
  if (response.statusCode < 300 || response.statusCode >= 400 || typeof location !== 'string')
    return response;
  await response.body.dump();
  const next = new URL(location, url);
  if (
    hops === 0 ||
    !/^https?:$/.test(next.protocol) ||
    (url.startsWith('https:') && next.protocol !== 'https:')
  )
    throw new UsageError(`${url}: expected the file, found that it leads to ${next}`);
  return follow(String(next), dispatcher, headers, hops - 1);
}

function startOf(range: string | string[] | undefined): number | undefined {
  const start = /^bytes (\d+)-/.exec(String(range))?.[1];
  return start === undefined ? undefined : Number(start);
}

/** A line after every tenth of what is large, and an end to what is too large. */
function progress(file: PublishedFile, start: number, total: number | undefined, output: Console): Transform {
  const most = file.bytes ?? largest;
  let done = start;
  let tenths = total === undefined ? 0 : Math.floor((10 * start) / total);
  return new Transform({
    transform(chunk: Buffer, _, next) {
      done += chunk.length;
      if (done > most) {
        next(new UsageError(`${file.name}: expected at most ${most} bytes, found more`));
        return;
      }
      const now = total === undefined ? 0 : Math.floor((10 * done) / total);
      if (total !== undefined && total > 5_000_000 && now > tenths) {
        tenths = now;
        output.warn(`${file.name}: ${formatBytes(done)} of ${formatBytes(total)}`);
      }
      next(null, chunk);
    },
  });
}

/** Of a file, read once. */
export async function digestsOf(path: string): Promise<Downloaded & { readonly md5: string }> {
  const [sha256, md5] = [createHash('sha256'), createHash('md5')];
  let bytes = 0;
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    sha256.update(chunk);
    md5.update(chunk);
  }
  return { bytes, sha256: sha256.digest('hex'), md5: md5.digest('hex') };
}

async function lengthOf(path: string): Promise<number> {
  return (await stat(path).catch(() => ({ size: 0 }))).size;
}

function causeOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return {
    ENOTFOUND: 'no such host, or no network',
    EAI_AGAIN: 'no such host, or no network',
    ECONNREFUSED: 'nobody answers there',
    UND_ERR_CONNECT_TIMEOUT: 'nobody answers there',
  }[code];
}
