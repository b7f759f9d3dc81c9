import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import { CapsnetError, show } from '@capsnet/checks';

/** Where a worker is. */
export interface Host {
  /** As it was given, `name:port`. */
  readonly text: string;
  readonly name: string;
  readonly port: number;
}

/**
 * Reads the hosts of all workers, in the order of their ranks.
 *
 * @throws CapsnetError `invalid-argument` that names the first that is wrong
 */
export function parseHosts(texts: readonly string[]): Host[] {
  if (texts.length < 2 || texts.length > 1024) {
    throw invalid(`expected 2 to 1024 hosts, NAME:PORT each, found ${texts.length}`);
  }
  return texts.map((text, at) => {
    const [, name, digits] = /^([\w.-]+):(\d{1,5})$/.exec(text) ?? [];
    const port = Number(digits);
    if (!name || port < 1 || port > 65535) {
      throw invalid(
        `expected a name or an IPv4 address and a port, as in 10.0.0.1:7000, found ${show(text)}`,
      );
    }
    if (texts.indexOf(text) !== at) throw invalid(`expected every host once, found ${text} twice`);
    return { text, name, port };
  });
}

/** The IPv4 address of a host, if that is one of this machine; undefined if it is elsewhere. */
export async function ownAddress({ name }: Host): Promise<string | undefined> {
  const own = new Set(
    Object.values(networkInterfaces())
      .flatMap(addresses => addresses ?? [])
      .map(({ address }) => address),
  );
  const found = await lookup(name, { family: 4, all: true }).catch(() => []);
  return found.map(({ address }) => address).find(address => own.has(address) || address.startsWith('127.'));
}

/**
 * Which of the hosts is this machine.
 *
 * @throws CapsnetError `invalid-argument` if none is, or several are
 */
export async function rankOfThisMachine(hosts: readonly Host[]): Promise<number> {
  const addresses = await Promise.all(hosts.map(ownAddress));
  const here = addresses.flatMap((address, rank) => (address === undefined ? [] : [rank]));
  if (here.length === 1) return here[0]!;
  const found =
    here.length === 0
      ? 'none of them is an address of this machine'
      : `${here.map(rank => hosts[rank]!.text).join(' and ')} are all this machine`;
  throw invalid(`which of the hosts this is cannot be told: ${found}. Say its rank, counted from 0`);
}

function invalid(message: string): CapsnetError {
  return new CapsnetError('invalid-argument', `workers: ${message}`);
}
