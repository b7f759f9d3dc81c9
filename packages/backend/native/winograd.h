// Convolution by kernels of 3 x 3 at stride 1, after Winograd (1980) as Lavin and Gray (2016) have it, F(4 x 4, 3 x 3):
//
//   y = A^T [ (G w G^T) . (B^T x B) ] A        for a tile of 4 x 4 outputs, which sees 6 x 6 inputs
//
// "." is a product over channels at each of 36 places, where 9 times 16 were needed: a quarter of the multiplications. It is
// the bilinear convolution at the points 0, 1, -1, 2, -1/2 and infinity, in tiles. Lanes are channels, or filters. Gradients
// are the same: that of the input is a convolution of dy by the kernel turned round, that of the kernel sums over all tiles.
#pragma once
#include "kernels.h"
#include "matrix-product.h"
#include "parallel.h"

namespace INSTRUCTION_SET {
namespace winograd {

constexpr int taps = 3, outputs = 4, inputs = 6, places = inputs * inputs;

// Rows belong to the points, in the order above.
constexpr float ofInput[inputs][inputs] = {
    {1, 1.5f, -2, -1.5f, 1, 0}, {0, -1, -2.5f, -.5f, 1, 0}, {0, 1, .5f, -2.5f, 1, 0},
    {0, -.5f, -1, .5f, 1, 0},   {0, 2, -1, -2, 1, 0},       {0, 1, 1.5f, -2, -1.5f, 1},
};
constexpr float ofKernel[inputs][taps] = {
    {1, 0, 0},
    {-1 / 3.f, -1 / 3.f, -1 / 3.f},
    {1 / 3.f, -1 / 3.f, 1 / 3.f},
    {1 / 15.f, 2 / 15.f, 4 / 15.f},
    {-16 / 15.f, 8 / 15.f, -4 / 15.f},
    {0, 0, 1},
};
constexpr float ofOutput[inputs][outputs] = {
    {1, 0, 0, 0}, {1, 1, 1, 1}, {1, -1, 1, -1}, {1, 2, 4, 8}, {1, -.5f, .25f, -.125f}, {0, 0, 0, 1},
};

/** out[r] = sum of matrix[r][c] in[c], or matrix[c][r] in[c]: numbers of the matrix are known, and zeros cost nothing. */
template <bool transposed, int rows, int columns, typename Matrix>
static inline __attribute__((always_inline)) void along(const Matrix& matrix, const Lanes* in, long step, Lanes* out,
                                                        long outStep) {
#pragma GCC unroll 8
  for (int row = 0; row < rows; row++) {
    Lanes sum{};
#pragma GCC unroll 8
    for (int column = 0; column < columns; column++) {
      const float factor = transposed ? matrix[column][row] : matrix[row][column];
      if (factor == 1) sum += in[column * step];
      else if (factor == -1) sum -= in[column * step];
      else if (factor != 0) sum += factor * in[column * step];
    }
    out[row * outStep] = sum;
  }
}

/** Along both axes: in [columns][columns] -> out [rows][rows], of which the numbers lie `step` apart. */
template <bool transposed, int rows, int columns, typename Matrix>
static inline __attribute__((always_inline)) void alongBoth(const Matrix& matrix, const Lanes* in, Lanes* out, long step) {
  Lanes middle[rows * columns];
#pragma GCC unroll 8
  for (int column = 0; column < columns; column++)
    along<transposed, rows, columns>(matrix, in + column, columns, middle + column, columns);
#pragma GCC unroll 8
  for (int row = 0; row < rows; row++)
    along<transposed, rows, columns>(matrix, middle + row * columns, 1, out + row * rows * step, step);
}

/** One tile of one image. */
struct Tile {
  long image, row, column;  // of its first output
};

struct Tiling {
  long vertical, horizontal, total;
  explicit Tiling(const WinogradProblem& p)
      : vertical((p.outputs[0] + outputs - 1) / outputs), horizontal((p.outputs[1] + outputs - 1) / outputs),
        total(p.batch * vertical * horizontal) {}
  Tile at(long index) const {
    const long ofImage = vertical * horizontal;
    return {index / ofImage, index % ofImage / horizontal * outputs, index % horizontal * outputs};
  }
};

/** So many tiles go through all places while they stay in the cache. */
constexpr long group = 32;

/**
 * From one tile to the next: [tile][place][vectors], so that a tile is written and read in one stretch. One more than that, so
 * that tiles do not compete for the same place in the cache.
 */
static inline long apart(long vectors) { return places * vectors + 1; }

/** The pixels [size][size] of a tile, of which some may lie outside the image. */
template <int size>
struct Window {
  const float* corner;
  long width, channels;           // of the image
  long top, bottom, left, right;  // what of it lies inside

  Window(const float* x, const long image[2], long channels, Tile tile, long above = 0, long before = 0)
      : width(image[1]), channels(channels) {
    const long row = tile.row - above, column = tile.column - before;
    corner = x + ((tile.image * image[0] + row) * width + column) * channels;
    top = row < 0 ? -row : 0;
    left = column < 0 ? -column : 0;
    bottom = image[0] - row < size ? image[0] - row : size;
    right = width - column < size ? width - column : size;
  }
  bool isInside() const { return top == 0 && left == 0 && bottom == size && right == size; }
  long at(long i, long j) const { return (i * width + j) * channels; }
};

/** M x M^T for a window x of `size`: [place][channels]. What lies outside is 0. */
template <bool inside, int size, typename Matrix>
static inline void evaluate(const Matrix& matrix, const Window<size>& window, Lanes* to) {
  const long vectors = window.channels / width;
  for (long c = 0; c < vectors; c++) {
    Lanes in[size * size], out[places];
    if (inside) {
#pragma GCC unroll 6
      for (int i = 0; i < size; i++)
#pragma GCC unroll 6
        for (int j = 0; j < size; j++) in[i * size + j] = load(window.corner + window.at(i, j) + c * width);
    } else {
      for (Lanes& pixel : in) pixel = Lanes{};
      for (long i = window.top; i < window.bottom; i++)
        for (long j = window.left; j < window.right; j++) in[i * size + j] = load(window.corner + window.at(i, j) + c * width);
    }
    alongBoth<false, inputs, size>(matrix, in, out, 1);
    for (int k = 0; k < places; k++) to[k * vectors + c] = out[k];
  }
}

template <int size, typename Matrix>
static void evaluate(const Matrix& matrix, const Window<size>& window, Lanes* to) {
  return window.isInside() ? evaluate<true>(matrix, window, to) : evaluate<false>(matrix, window, to);
}

/** B^T x B: [place][channels] */
static void evaluateInput(const WinogradProblem& p, const float* x, Tile tile, Lanes* to) {
  evaluate(ofInput, Window<inputs>(x, p.image, p.channels, tile, p.padding[0], p.padding[1]), to);
}

/** G w G^T: [place][pair of vectors of filters][channel][2], as a product reads it; of the kernel turned round if it is `turned`. */
static void evaluateKernel(const WinogradProblem& p, const float* kernel, Lanes* to) {
  const long vectors = p.filters / width;
  parallel(p.channels / width, [&](long block, long) {
    const long first = block * width;
    for (long f = 0; f < vectors; f++) {
      Lanes weights[taps * taps][WIDTH];  // of `width` channels
      for (int k = 0; k < taps * taps; k++) {
        // Turned, what are channels here are filters of the kernel.
        for (long c = 0; c < width; c++)
          weights[k][c] = p.turned ? load(kernel + ((taps * taps - 1 - k) * p.filters + f * width + c) * p.channels + first)
                                   : load(kernel + (k * p.channels + first + c) * p.filters + f * width);
        if (p.turned) transpose(weights[k]);
      }
      const long pair = f / 2, inPair = vectors - 2 * pair < 2 ? 1 : 2;
      for (long c = 0; c < width; c++) {
        Lanes in[taps * taps], out[places];
        for (int k = 0; k < taps * taps; k++) in[k] = weights[k][c];
        alongBoth<false, inputs, taps>(ofKernel, in, out, 1);
        for (int k = 0; k < places; k++)
          to[(k * vectors + 2 * pair) * p.channels + (first + c) * inPair + f % 2] = out[k];
      }
    }
  });
}

static long workerVectors(const WinogradProblem& p) { return group * (apart(p.channels / width) + apart(p.filters / width)); }

static long scratchFloats(const WinogradProblem& p) {
  return places * p.channels * p.filters + workers() * workerVectors(p) * width;
}

/** @param bias [filters] or null, with which y = max(y + bias, 0) if `relu`, else y + bias */
static void convolve(const WinogradProblem& p, const float* x, const float* kernel, const float* bias, bool relu, float* y,
                     float* scratch) {
  const Tiling tiling(p);
  const long channelVectors = p.channels / width, vectors = p.filters / width;
  const long ofTile = apart(channelVectors), ofProduct = apart(vectors);
  Lanes* evaluated = (Lanes*)scratch;
  Lanes* ofWorkers = evaluated + places * p.channels * vectors;
  evaluateKernel(p, kernel, evaluated);
  parallel((tiling.total + group - 1) / group, [&](long task, long worker) {
    const long first = task * group, count = tiling.total - first < group ? tiling.total - first : group;
    Lanes* ax = ofWorkers + worker * workerVectors(p);  // [tile][place][channels]
    Lanes* products = ax + group * ofTile;              // [tile][place][filters]
    for (long k = 0; k < count; k++) evaluateInput(p, x, tiling.at(first + k), ax + k * ofTile);
    for (int place = 0; place < places; place++) {
      const Left left{(const float*)(ax + place * channelVectors), ofTile * width, 1, 0};
      for (long f = 0; f < vectors; f += 2) {
        const long n = vectors - f < 2 ? 1 : 2;
        product(left, {evaluated + (place * vectors + f) * p.channels, n, 1}, {products + place * vectors + f, ofProduct, 1}, count,
                n, 1, p.channels);
      }
    }
    for (long k = 0; k < count; k++) {
      const Window<outputs> window(y, p.outputs, p.filters, tiling.at(first + k));
      for (long f = 0; f < vectors; f++) {
        Lanes in[places], out[outputs * outputs];
        for (int place = 0; place < places; place++) in[place] = products[k * ofProduct + place * vectors + f];
        alongBoth<true, outputs, inputs>(ofOutput, in, out, 1);
        if (bias) {
          const Lanes added = load(bias + f * width);
          for (Lanes& each : out) each = relu ? rectified(each + added) : each + added;
        }
        for (long i = 0; i < window.bottom; i++)
          for (long j = 0; j < window.right; j++)
            store((float*)window.corner + window.at(i, j) + f * width, out[i * outputs + j]);
      }
    }
  });
}

/** The kernel's gradient is summed in so many parts, whatever the number of threads: so its rounding does not depend on it. */
constexpr long parts = 8;

static long gradientScratchFloats(const WinogradProblem& p) {
  return (parts * taps * taps + workers() * places) * p.channels * p.filters + workers() * workerVectors(p) * width;
}

static void kernelGradient(const WinogradProblem& p, const float* x, const float* dy, float* dkernel, float* scratch) {
  const Tiling tiling(p);
  const long channelVectors = p.channels / width, vectors = p.filters / width, pairs = p.channels * vectors;
  const long ofTile = apart(channelVectors), ofOutputs = apart(vectors);
  const long groups = (tiling.total + group - 1) / group;
  Lanes* sums = (Lanes*)scratch;  // [part][taps][taps][channel][filters]
  Lanes* ofWorkers = sums + parts * taps * taps * pairs;
  parallel(parts, [&](long part, long worker) {
    Lanes* sum = ofWorkers + worker * (places * pairs + workerVectors(p));  // [place][channel][filters]
    Lanes* ax = sum + places * pairs;                                      // [tile][place][channels]
    Lanes* ady = ax + group * ofTile;                                      // [tile][place][filters]
    for (long k = 0; k < places * pairs; k++) sum[k] = Lanes{};
    for (long task = part * groups / parts; task < (part + 1) * groups / parts; task++) {
      const long first = task * group, count = tiling.total - first < group ? tiling.total - first : group;
      for (long k = 0; k < count; k++) {
        const Tile tile = tiling.at(first + k);
        evaluateInput(p, x, tile, ax + k * ofTile);
        evaluate(ofOutput, Window<outputs>(dy, p.outputs, p.filters, tile), ady + k * ofOutputs);
      }
      for (int place = 0; place < places; place++) {
        const Left left{(const float*)(ax + place * channelVectors), 1, ofTile * width, 0};
        const Right right{ady + place * vectors, ofOutputs, 1};
        product<true>(left, right, {sum + place * pairs, vectors, 1}, p.channels, vectors, 1, count);
      }
    }
    for (long pair = 0; pair < pairs; pair++) {
      Lanes in[places];
      for (int place = 0; place < places; place++) in[place] = sum[place * pairs + pair];
      alongBoth<true, taps, inputs>(ofKernel, in, sums + part * taps * taps * pairs + pair, pairs);
    }
  });
  parallel(p.channels, [&](long c, long) {
    for (int k = 0; k < taps * taps; k++) {
      for (long f = 0; f < vectors; f++) {
        Lanes sum{};
        for (long part = 0; part < parts; part++) sum += sums[(part * taps * taps + k) * pairs + c * vectors + f];
        store(dkernel + (k * p.channels + c) * p.filters + f * width, sum);
      }
    }
  });
}

}  // namespace winograd
}  // namespace INSTRUCTION_SET
