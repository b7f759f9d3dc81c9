/**
 * Mutants that no test can notice, and why: what they change makes no difference that anyone could see. They do not count.
 * @typedef {object} Explained
 * @property {string} module   from the folder `src` on
 * @property {string} line     as it stands in the source, without its indentation
 * @property {string} mutated  the same with the mutant
 * @property {string} why
 */

/** @type {Readonly<Record<string, readonly Explained[]>>} */
export const explained = {
  core: [
    {
      module: 'capsules/exponential-squash.ts',
      line: 'for (const divisor of [5, 4, 3, 2]) series = tf.sub(1, tf.mul(tf.div(n, divisor), series));',
      mutated: 'for (const divisor of [6, 4, 3, 2]) series = tf.sub(1, tf.mul(tf.div(n, divisor), series));',
      why: 'the last term of a series below 0.1: 1e-7 of the whole, which is what a float32 resolves',
    },
    {
      module: 'convolution/along-axes.ts',
      line: 'return verticalFirst <= horizontalFirst;',
      mutated: 'return verticalFirst < horizontalFirst;',
      why: 'where both orders take as many multiplications, the other one: the same values',
    },
    {
      module: 'convolution/convolution2d.ts',
      line: 'tensorflow: { products: 1.3, transforms: 3 },',
      mutated: 'tensorflow: { products: 1.3, transforms: 4 },',
      why: 'native then convolves directly a little sooner: the same values, more slowly',
    },
  ],
  trainer: [
    {
      module: 'evaluation/evaluate-rows.ts',
      line: 'if (i + 1 < batchesPerEpoch) batches.prepare();',
      mutated: 'if (false) batches.prepare();',
      why: 'the next batch is then made when it is asked for: the same batch, later',
    },
  ],
  train: [],
};
