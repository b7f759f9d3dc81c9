type Group = Readonly<Record<string, unknown>>;

/**
 * A network's configuration, or a part of it, as today's names have it. Model files, runs, checkpoints and cards of earlier
 * versions use others: `kernel` for `kernelSize`, `deviation` for `standardDeviation` ... What has today's names comes back
 * as it is, and so does what is no configuration at all: the check that follows says so.
 */
export function fromEarlier(config: unknown): unknown {
  if (!isGroup(config)) return config;
  const { margin, dense, convolutions, ...rest } = config;
  const now: Record<string, unknown> = {
    ...(dense !== undefined && { kind: 'cnn' }),
    ...rest,
    ...(dense !== undefined && { dense }),
    ...(convolutions !== undefined && { convolutions: each(convolutions, kernel) }),
    ...(margin !== undefined && { loss: isGroup(margin) ? { type: 'margin', ...margin } : margin }),
  };
  change(now, 'image', image => renamed(image, { deviation: 'standardDeviation' }));
  change(now, 'primary', kernel);
  change(now, 'routing', routing);
  change(now, 'initializer', initializer => {
    const result = { ...initializer };
    change(result, 'routing', start => renamed(start, { deviation: 'standardDeviation' }));
    return result;
  });
  return now;
}

/** Of a list, or of some of its places: `{ "2": ... }`. */
function each(list: unknown, by: (entry: unknown) => unknown): unknown {
  if (Array.isArray(list)) return list.map(by);
  if (!isGroup(list)) return list;
  return Object.fromEntries(Object.entries(list).map(([place, entry]) => [place, by(entry)]));
}

function kernel(convolution: unknown): unknown {
  return isGroup(convolution)
    ? renamed(convolution, { kernel: 'kernelSize', stride: 'strides' })
    : convolution;
}

function routing(routing: Group): Group {
  const now = renamed(routing, { softmaxOver: 'over', bias: 'useBias' });
  if (now.type !== 'self-attention') return now;
  // It once had to state the options of dynamic routing too, which meant nothing to it.
  const { iterations: _, over: __, gradient: ___, method: ____, ...options } = now;
  return options;
}

function change(group: Record<string, unknown>, key: string, by: (section: Group) => unknown): void {
  if (isGroup(group[key])) group[key] = by(group[key]);
}

/** The same with other names of its keys, in the same order. */
function renamed(group: Group, names: Readonly<Record<string, string>>): Group {
  return Object.fromEntries(
    Object.entries(group).map(([key, value]) => [Object.hasOwn(names, key) ? names[key]! : key, value]),
  );
}

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
