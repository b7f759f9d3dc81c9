import type { Connection } from '@capsnet/core';
import * as tf from '@tensorflow/tfjs-core';
import type { Graph, Value } from './graph';
import type { RoutingGraph } from './routing-graph';

/** Keeps sums of no data from dividing by zero. */
const tiny = 1e-8;

/**
 * EM routing of matrix capsules: procedure 1 of the paper, as @capsnet/core has it. Per parent, numbers lie as
 * [batch, places, parents, dim, 1]; per vote as [batch, places, parents, 1, heard], where a parent hears `heard` children.
 */
export const emRouting: RoutingGraph<'em'> = (
  graph,
  { poses, activations },
  { name, weights, connection, settings },
) => {
  const { lower, higher } = connection;
  const windows = windowsOf(connection);
  const { places, size, lowerPlaces } = windows;
  const [parents, dim, heard] = [higher.channels, higher.dim, size * lower.channels];
  const share = (lowerPlaces * lower.channels) / (places * parents);
  const perType = (weight: string) =>
    graph.weight(`${name}/${weight}`, tf.reshape(weights(weight), [parents, 1, 1]));

  const children = graph.reshape(
    shown(graph, graph.reshape(activations!, [-1, lowerPlaces, lower.channels]), windows),
    [-1, places, 1, 1, heard],
  );
  const votes = votesOf(graph, poses, `${name}/kernel`, weights('kernel'), connection, windows);

  /** How much of each child goes to each parent, times the child's activation, as a column. */
  const weighted = (assigned: Value, of: number) =>
    graph.reshape(graph.multiply(assigned, children), [-1, places, of, heard, 1]);
  let assigned = weighted(equalAssignments(graph, name, connection, windows), 1);

  // Votes are moved to their mean, so that little cancels in variances.
  const origin = graph.divide(graph.matMul(votes, assigned), graph.add(graph.sum(assigned, 3), tiny));
  const values = graph.subtract(votes, origin); // [batch, places, parents, dim, heard]
  const squares = graph.multiply(values, values);

  for (let t = 1; ; t++) {
    // M-step: the Gaussian of each parent, and how active it is
    const amounts = graph.sum(assigned, 3);
    const total = graph.add(amounts, tiny);
    const means = graph.divide(graph.matMul(values, assigned), total);
    const meanSquares = graph.divide(graph.matMul(squares, assigned), total);
    const spread = graph.node('Relu', [graph.subtract(meanSquares, graph.multiply(means, means))]);
    const variances = graph.add(spread, settings.varianceFloor);
    const logDeviations = graph.multiply(0.5, graph.sum(graph.node('Log', [variances]), 3));
    const price = graph.add(graph.multiply(perType('betaU'), dim), logDeviations);
    const cost = graph.multiply(price, graph.divide(amounts, share));
    const inverseTemperature = settings.inverseTemperature * (1 - 0.95 ** t);
    const logits = graph.multiply(inverseTemperature, graph.subtract(perType('betaA'), cost));
    if (t === settings.iterations)
      return {
        poses: graph.reshape(graph.add(means, origin), [-1, places * parents, dim]),
        activations: graph.reshape(graph.node('Sigmoid', [logits]), [-1, places * parents]),
      };

    // E-step: log (a p) as a polynomial of the vote
    const precisions = graph.node('Reciprocal', [variances]);
    const scaled = graph.multiply(means, precisions);
    const row = (x: Value) => graph.reshape(x, [-1, places, parents, 1, dim]);
    const linear = graph.matMul(row(scaled), values);
    const quadratic = graph.matMul(row(graph.multiply(-0.5, precisions)), squares);
    const logNorms = graph.node('Log', [graph.multiply(2 * Math.PI, variances)]);
    const fixed = graph.multiply(0.5, graph.sum(graph.add(graph.multiply(means, scaled), logNorms), 3));
    // log a = -softplus(-logit), which no small activation makes infinite.
    const minusLogActivations = graph.node('Softplus', [graph.node('Neg', [logits])]);
    const constants = graph.add(minusLogActivations, fixed);
    const logs = graph.subtract(graph.add(linear, quadratic), constants);
    assigned = weighted(assignments(graph, name, logs, lower.channels, windows), parents);
  }
};

/** Which lower places the windows of a layer show; one that hears all has a single window. */
interface Windows {
  readonly lowerPlaces: number;
  readonly places: number;
  /** Places that a window shows. */
  readonly size: number;
  /** [places * size]: for each window, row by row, the lower places that it shows, row by row. */
  readonly shown: readonly number[];
  readonly isWhole: boolean;
}

function windowsOf({ lower, higher, window }: Connection): Windows {
  const lowerPlaces = lower.height * lower.width;
  if (!window) {
    const shown = [...Array(lowerPlaces).keys()];
    return { lowerPlaces, places: 1, size: lowerPlaces, shown, isWhole: true };
  }
  const shown: number[] = [];
  for (let row = 0; row < higher.height; row++)
    for (let column = 0; column < higher.width; column++)
      for (let y = 0; y < window.kernelSize; y++)
        for (let x = 0; x < window.kernelSize; x++)
          shown.push((row * window.strides + y) * lower.width + column * window.strides + x);
  const places = higher.height * higher.width;
  return { lowerPlaces, places, size: window.kernelSize ** 2, shown, isWhole: false };
}

/** [batch, lowerPlaces, n] -> [batch, places * size, n] */
function shown(graph: Graph, x: Value, { shown, isWhole }: Windows): Value {
  return isWhole ? x : graph.gather(x, shown, 1);
}

/** Poses [batch, capsules, dim] by a kernel [kinds, parents, side, side]: [batch, places, parents, dim, heard]. */
function votesOf(
  graph: Graph,
  poses: Value,
  name: string,
  kernel: tf.Tensor,
  { lower, window }: Connection,
  windows: Windows,
): Value {
  const { places, size, lowerPlaces } = windows;
  const [kinds, parents, side] = kernel.shape as [number, number, number];
  // A layer that hears all has one transformation for each kind of capsule, a convolutional one for each place of the window too.
  const copies = window ? 1 : size;
  const seen = shown(graph, graph.reshape(poses, [-1, lowerPlaces, lower.channels * lower.dim]), windows);
  const byKind = graph.transpose(graph.reshape(seen, [-1, copies, kinds, side, side]), [2, 0, 1, 3, 4]);
  const matrices = tf.reshape(tf.transpose(kernel, [0, 2, 1, 3]), [kinds, side, parents * side]);
  const rows = graph.reshape(byKind, [kinds, -1, side]);
  const products = graph.matMul(rows, graph.weight(name, matrices));
  const split = graph.reshape(products, [kinds, -1, copies, side, parents, side]);
  const votes = graph.reshape(graph.transpose(split, [1, 4, 3, 5, 2, 0]), [
    -1,
    places,
    parents,
    side * side,
    copies * kinds,
  ]);
  return window ? votes : graph.add(votes, coordinates(graph, name, lower, side));
}

/** Coordinate addition: each vote is told where it comes from, in the right-hand column of its matrix. */
function coordinates(
  graph: Graph,
  name: string,
  { height, width, channels }: Connection['lower'],
  side: number,
): Value {
  const children = height * width * channels;
  const values = tf.buffer([side * side, children]);
  for (let child = 0; child < children; child++) {
    const place = Math.floor(child / channels);
    values.set((Math.floor(place / width) + 0.5) / height, side - 1, child);
    if (side > 1) values.set(((place % width) + 0.5) / width, 2 * side - 1, child);
  }
  return graph.weight(`${name}/coordinates`, values.toTensor());
}

/** The same for all parents that a child votes for: [places, 1, 1, heard]. */
function equalAssignments(
  graph: Graph,
  name: string,
  { lower, higher }: Connection,
  windows: Windows,
): Value {
  const { lowerPlaces, places, size, shown } = windows;
  const shownIn = new Float32Array(lowerPlaces);
  for (const place of shown) shownIn[place]! += 1;
  const values = shown.flatMap(place =>
    Array<number>(lower.channels).fill(1 / (higher.channels * shownIn[place]!)),
  );
  return graph.weight(
    `${name}/equal_assignments`,
    tf.tensor(values, [places, 1, 1, size * lower.channels], 'float32'),
  );
}

/** A softmax over all parents that a child votes for, at whatever place: [batch, places, parents, 1, heard]. */
function assignments(graph: Graph, name: string, logs: Value, channels: number, windows: Windows): Value {
  const { lowerPlaces, places, size, shown, isWhole } = windows;
  if (isWhole) return graph.node('Softmax', [logs], { axis: 2 });
  const perPlace = (x: Value) => graph.reshape(x, [-1, places * size, channels]);
  const perVote = (x: Value) => graph.reshape(graph.gather(x, shown, 1), [-1, places, 1, 1, size * channels]);

  // Of each lower place, where in the windows it is shown; filled up to the same length with one of those.
  const holders: number[][] = Array.from({ length: lowerPlaces }, () => []);
  for (const [at, place] of shown.entries()) holders[place]!.push(at);
  const most = Math.max(...holders.map(({ length }) => length));
  const filled = holders.flatMap(places =>
    Array.from({ length: most }, (_, at) => places[at] ?? places[0] ?? 0),
  );
  const held = graph.gather(perPlace(graph.max(logs, 2)), filled, 1);
  const largest = graph.max(graph.reshape(held, [-1, lowerPlaces, most, channels]), 2);
  const likelihoods = graph.node('Exp', [
    graph.subtract(logs, perVote(graph.reshape(largest, [-1, lowerPlaces, channels]))),
  ]);

  const shows = tf.buffer([lowerPlaces, places * size]);
  for (const [at, place] of shown.entries()) shows.set(1, place, at);
  const indicators = graph.weight(`${name}/shows`, shows.toTensor());
  const totals = graph.matMul(indicators, perPlace(graph.sum(likelihoods, 2)));
  return graph.divide(likelihoods, perVote(totals));
}
