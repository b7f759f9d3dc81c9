import type { Machines } from './machines';
import type { Report } from './report';

/** What README.md says of speed, in words that a test looks for there: ranges over all machines. */
export function speedInWords({ machines }: Machines): string {
  const others = {
    'native.train.vsTorchEager': 'a plain PyTorch script',
    'native.train.vsTorchCompile': 'the same script under `torch.compile`',
    'native.train.vsObvious': 'plain TensorFlow.js',
  };
  const clauses = Object.entries(others).flatMap(([name, what]) => {
    const range = rangeOf(machines.map(report => report.ratios[name] ?? null));
    return range === null ? [] : [`${range} times as fast as ${what}`];
  });
  // An entry may be of wasm alone.
  const measured = machines.filter(({ ratios }) => Object.keys(others).some(name => ratios[name])).length;
  const wasm = rangeOf(machines.map(nativeToWasm));
  const count = measured === 1 ? 'one machine' : `${measured} machines`;
  const list = [clauses.slice(0, -1).join(', '), clauses.at(-1)].filter(Boolean).join(', and ');
  return [
    ...(wasm === null ? [] : [`without it, WebAssembly takes ${wasm} times as long.`]),
    `[Measured on ${count}](docs/performance.md), native, in batches of 128, it trains ${list}.`,
  ].join(' ');
}

/** How many times as long WebAssembly takes to train the paper's network. */
function nativeToWasm({ comparisons }: Report): number | null {
  const speed = (name: string) => comparisons[name]?.results.ours?.train.imagesPerSecond;
  const [native, wasm] = [speed('native'), speed('wasm')];
  return native && wasm ? native / wasm : null;
}

/** `2.4 to 3.1`, or `3.1` where there is no other; null where nothing was measured. */
function rangeOf(values: readonly (number | null)[]): string | null {
  const known = values.filter(value => value !== null);
  if (known.length === 0) return null;
  const [least, most] = [Math.min(...known), Math.max(...known)].map(value => value.toFixed(1));
  return least === most ? least! : `${least} to ${most}`;
}
