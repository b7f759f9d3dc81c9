import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type Program, start } from '@capsnet/testing/child-process';
import { expect, it } from 'vitest';
import { bundleOfSources } from '../../test/bundle-of-sources';
import { demandOwnKernels } from '../../test/demand-own-kernels';
import { freePorts } from '../../test/free-ports';

const script = await bundleOfSources('worker-process.ts');

async function hostsOf(count: number): Promise<string[]> {
  return (await freePorts(count)).map(port => `127.0.0.1:${port}`);
}

async function told(program: Program): Promise<unknown> {
  for (;;) {
    const line = await program.nextLine();
    if (line === undefined) return undefined;
    const value = JSON.parse(line);
    if (!('waiting' in value)) return value;
  }
}

/** A worker; on the cpu backend, unless a test says otherwise. */
function worker(
  hosts: readonly string[],
  rank: number | string,
  backend = 'cpu',
  ...secret: string[]
): Program {
  return start(script, [hosts.join(','), String(rank), backend, ...secret]);
}

async function workers(count: number, backend?: string): Promise<{ hosts: string[]; programs: Program[] }> {
  const hosts = await hostsOf(count);
  const programs = hosts.map((_, rank) => worker(hosts, rank, backend));
  expect(await Promise.all(programs.map(told))).toEqual(
    hosts.map((_, rank) => ({ joined: rank, of: count, listensOn: '127.0.0.1' })),
  );
  return { hosts, programs };
}

/** What each worker makes of a line. */
async function all(programs: readonly Program[], line: (rank: number) => string): Promise<unknown[]> {
  for (const [rank, program] of programs.entries()) program.writeLine(line(rank));
  return Promise.all(programs.map(told));
}

it.for(['native', 'wasm', 'cpu'])(
  'exchange tensors and texts, bit for bit, on %s',
  async (backend, context) => {
    if (backend === 'native') demandOwnKernels(context);
    const { programs } = await workers(3, backend);
    const texts = ['', 'dreizehn Bytes ä', '日本'.repeat(100)];
    expect(await all(programs, rank => `gather ${texts[rank]!.replaceAll(' ', '_')}`)).toEqual(
      texts.map(() => texts.map(text => text.replaceAll(' ', '_'))),
    );
    // Weights 0.25, 0.25 and 0.5.
    const averages = (await all(programs, rank => `average ${rank === 2 ? 0.5 : 0.25}`)) as unknown[];
    expect(averages[0]).toEqual([
      [
        [1, 3],
        [1, 2, 1.25],
      ],
      [[], [52.75]],
      [[200_000], [expect.closeTo(0.1, 7), expect.closeTo(0.1, 7), expect.closeTo(0.1, 7)]],
    ]);
    expect(averages).toEqual([averages[0], averages[0], averages[0]]);
    const sent = [[0x80000000, 0x7fc00000, 0x3dcccccd], 'int32', 2 ** 30 + 1];
    expect(await all(programs, () => 'broadcast')).toEqual([sent, sent, sent]);
    for (const program of programs) program.writeLine('leave');
    expect(await Promise.all(programs.map(each => once(each.process, 'exit')))).toEqual(
      programs.map(() => [0, null]),
    );
  },
);

it('wait for a late one, with a live event loop', async () => {
  const hosts = await hostsOf(2);
  const early = worker(hosts, 1);
  expect(JSON.parse((await early.nextLine())!)).toEqual({ waiting: [hosts[0]] });
  const late = worker(hosts, 0);
  expect(await told(early)).toMatchObject({ joined: 1 });
  expect(await told(late)).toMatchObject({ joined: 0 });
  // Its timers run while it waits for the other.
  early.writeLine('alive');
  expect(await told(early)).toEqual({ turns: 20 });
  late.writeLine('gather x');
  expect(await told(late)).toEqual(['x', 'alive']);
});

it.each([
  { lost: 'killed', signal: 'SIGKILL' },
  { lost: 'frozen', signal: 'SIGSTOP' },
] as const)('say which one is $lost', async ({ signal }) => {
  const { hosts, programs } = await workers(3);
  // After an average, silence is noticed earlier.
  await all(programs, () => 'average 1');
  const [first, second, third] = programs as [Program, Program, Program];
  second.process.kill(signal);
  for (const survivor of [first, third]) survivor.writeLine('gather y');
  const error = {
    code: 'workers',
    error: `workers: worker 1 (${hosts[1]}) does not answer: ended, frozen, or out of reach`,
  };
  expect(await Promise.all([told(first), told(third)])).toEqual([error, error]);
});

it('takes connections at its own address alone', async () => {
  const hosts = await hostsOf(2);
  const waiting = worker(hosts, 0);
  await waiting.nextLine();
  const port = Number(hosts[0]!.split(':')[1]);
  const connects = (host: string) =>
    new Promise(resolve => {
      const socket = connect({ host, port, timeout: 1000 });
      socket.once('connect', () => resolve(true));
      for (const event of ['error', 'timeout']) socket.once(event, () => resolve(false));
    });
  expect(await connects('127.0.0.1')).toBe(true);
  const others = Object.values(networkInterfaces())
    .flatMap(addresses => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
  for (const address of ['127.0.0.2', ...others]) expect(await connects(address), address).toBe(false);
});

it('says when it cannot have its port', async () => {
  const hosts = await hostsOf(2);
  const server = createServer().listen(Number(hosts[1]!.split(':')[1]), '0.0.0.0');
  await once(server, 'listening');
  expect(await told(worker(hosts, 1))).toEqual({
    code: 'in-use',
    error: expect.stringContaining(`workers: ${hosts[1]} cannot be listened on`),
  });
  server.close();
});

it.each([
  ['127.0.0.1:7000', '0', 'expected 2 to 1024 hosts, NAME:PORT each, found 1'],
  ['127.0.0.1:7000,127.0.0.1', '0', 'found "127.0.0.1"'],
  ['127.0.0.1:7000,127.0.0.1:70000', '0', 'found "127.0.0.1:70000"'],
  ['127.0.0.1:7000,127.0.0.1:7000', '0', 'expected every host once, found 127.0.0.1:7000 twice'],
  ['127.0.0.1:7000,127.0.0.1:7001', '2', 'expected a rank from 0 to 1, found 2'],
])('refuses hosts %s with rank %s', async (hosts, rank, message) => {
  expect(await told(worker([hosts], rank))).toEqual({
    code: 'invalid-argument',
    error: expect.stringContaining(message),
  });
});

it('lets only those in who know the secret, and says so', async () => {
  const hosts = await hostsOf(2);
  const programs = [worker(hosts, 0, 'cpu', 'one'), worker(hosts, 1, 'cpu', 'another')];
  expect(await Promise.all(programs.map(told))).toEqual(
    [1, 0].map(other => ({ code: 'workers', error: `workers: ${hosts[other]} knows another secret` })),
  );
});

it('takes no worker of other hosts', async () => {
  const [first, second, third] = (await hostsOf(3)) as [string, string, string];
  const waiting = worker([first, second], 0);
  expect(await told(worker([third, first], 0))).toEqual({
    code: 'workers',
    error: `workers: ${first} is a worker of other hosts: expected the same list, in the same order, on each`,
  });
  // The one that was asked goes on waiting for its own.
  const right = worker([first, second], 1);
  expect(await Promise.all([told(waiting), told(right)])).toMatchObject([{ joined: 0 }, { joined: 1 }]);
});

it('is not held up by strangers: nothing, half a word, another protocol, a million bytes', async () => {
  const hosts = await hostsOf(2);
  const waiting = worker(hosts, 0);
  await waiting.nextLine();
  const port = Number(hosts[0]!.split(':')[1]);
  const strangers = [
    Buffer.alloc(0),
    Buffer.from('capsnet'),
    Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    Buffer.from('capsnet workers1'.padEnd(84, '\x01')),
    Buffer.alloc(1_000_000, 0xff),
  ].map(bytes => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => {});
    socket.write(bytes);
    return socket;
  });
  const late = worker(hosts, 1);
  expect(await Promise.all([told(waiting), told(late)])).toMatchObject([{ joined: 0 }, { joined: 1 }]);
  expect(await all([waiting, late], () => 'gather x')).toEqual([
    ['x', 'x'],
    ['x', 'x'],
  ]);
  for (const stranger of strangers) stranger.destroy();
});

it('says when something else answers at the port of a host', async () => {
  const hosts = await hostsOf(2);
  const other = createServer(socket => socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9.2\r\n')).listen(
    Number(hosts[0]!.split(':')[1]),
    '127.0.0.1',
  );
  await once(other, 'listening');
  expect(await told(worker(hosts, 1))).toEqual({
    code: 'workers',
    error: `workers: ${hosts[0]} takes connections, but does not answer as a worker of this version of capsnet`,
  });
  other.close();
});
