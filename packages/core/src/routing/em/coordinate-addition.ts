import * as tf from '@tensorflow/tfjs-core';

/**
 * Coordinate addition (section 4 of the paper): where all places share their transformations, each vote is told where it
 * comes from. The scaled row and column of the child's place are added to the first two entries of the right-hand column of
 * its vote matrix:
 *
 * $$ V_{ij} \leftarrow V_{ij} + \begin{pmatrix} 0 & \cdots & y_i \\ 0 & \cdots & x_i \\ \vdots & & \vdots \end{pmatrix} \qquad
 *    y = \frac{\mathrm{row} + 1/2}{\mathrm{height}} \qquad x = \frac{\mathrm{column} + 1/2}{\mathrm{width}} $$
 *
 * @param dim      of a vote, a square number
 * @param channels children at each place
 * @returns what is added to votes: [dim, height * width * channels]
 */
export function coordinates(
  dim: number,
  { height, width, channels }: { height: number; width: number; channels: number },
): tf.Tensor2D {
  const side = Math.sqrt(dim);
  const children = height * width * channels;
  const values = new Float32Array(dim * children);
  for (let child = 0; child < children; child++) {
    const place = Math.floor(child / channels);
    const at = (row: number) => (row * side + side - 1) * children + child;
    values[at(0)] = (Math.floor(place / width) + 0.5) / height;
    if (side > 1) values[at(1)] = ((place % width) + 0.5) / width;
  }
  return tf.tensor2d(values, [dim, children]);
}
