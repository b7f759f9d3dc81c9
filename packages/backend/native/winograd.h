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
 * From one place to the next of `group` tiles. Not a power of two, so that places do not compete for the same place in the
 * cache.
 */
static inline long apart(long vectors) { return group * vectors + 1; }

/** B^T x B: [place][tile][channels] */
static inline void evaluateInput(const WinogradProblem& p, const float* x, Tile tile, Lanes* to, long place) {
  for (long c = 0; c < p.channels; c += width) {
    Lanes in[places], out[places];
    for (int i = 0; i < inputs; i++) {
      for (int j = 0; j < inputs; j++) {
        const long row = tile.row + i - p.padding[0], column = tile.column + j - p.padding[1];
        const bool inside = row >= 0 && row < p.image[0] && column >= 0 && column < p.image[1];
        in[i * inputs + j] =
            inside ? load(x + ((tile.image * p.image[0] + row) * p.image[1] + column) * p.channels + c) : Lanes{};
      }
    }
    alongBoth<false, inputs, inputs>(ofInput, in, out, 1);
    for (int k = 0; k < places; k++) to[k * place + c / width] = out[k];
  }
}

/** G w G^T: [place][channel][filters]; of the kernel turned round, [place][filter][channels]. */
static void evaluateKernel(const WinogradProblem& p, const float* kernel, Lanes* to) {
  const long vectors = p.filters / width;
  parallel(p.channels, [&](long c, long) {
    for (long f = 0; f < p.filters; f += width) {
      Lanes in[taps * taps], out[places];
      for (int k = 0; k < taps * taps; k++) {
        if (!p.turned) {
          in[k] = load(kernel + (k * p.channels + c) * p.filters + f);
        } else {
          // What are channels here are filters of the kernel.
          for (long lane = 0; lane < width; lane++)
            in[k][lane] = kernel[((taps * taps - 1 - k) * p.filters + f + lane) * p.channels + c];
        }
      }
      alongBoth<false, inputs, taps>(ofKernel, in, out, 1);
      for (int k = 0; k < places; k++) to[(k * p.channels + c) * vectors + f / width] = out[k];
    }
  });
}

static long scratchFloats(const WinogradProblem& p) {
  return places * p.channels * p.filters + workers() * places * (apart(p.channels / width) + apart(p.filters / width)) * width;
}

/** @param bias [filters] or null, with which y = max(y + bias, 0) if `relu`, else y + bias */
static void convolve(const WinogradProblem& p, const float* x, const float* kernel, const float* bias, bool relu, float* y,
                     float* scratch) {
  const Tiling tiling(p);
  const long channelVectors = p.channels / width, vectors = p.filters / width;
  const long ofPlace = apart(channelVectors), ofProduct = apart(vectors);
  Lanes* evaluated = (Lanes*)scratch;
  Lanes* ofWorkers = evaluated + places * p.channels * vectors;
  evaluateKernel(p, kernel, evaluated);
  parallel((tiling.total + group - 1) / group, [&](long task, long worker) {
    const long first = task * group, count = tiling.total - first < group ? tiling.total - first : group;
    Lanes* ax = ofWorkers + worker * places * (ofPlace + ofProduct);  // [place][tile][channels]
    Lanes* products = ax + places * ofPlace;                         // [place][tile][filters]
    for (long k = 0; k < count; k++)
      evaluateInput(p, x, tiling.at(first + k), ax + k * channelVectors, ofPlace);
    for (int place = 0; place < places; place++) {
      const Left left{(const float*)(ax + place * ofPlace), p.channels, 1, 0};
      const Right right{evaluated + place * p.channels * vectors, vectors, 1};
      product(left, right, {products + place * ofProduct, vectors, 1}, count, vectors, 1, p.channels);
    }
    for (long k = 0; k < count; k++) {
      const Tile tile = tiling.at(first + k);
      const long rows = p.outputs[0] - tile.row, columns = p.outputs[1] - tile.column;
      for (long f = 0; f < vectors; f++) {
        Lanes in[places], out[outputs * outputs];
        for (int place = 0; place < places; place++) in[place] = products[place * ofProduct + k * vectors + f];
        alongBoth<true, outputs, inputs>(ofOutput, in, out, 1);
        if (bias) {
          const Lanes added = load(bias + f * width);
          for (int k = 0; k < outputs * outputs; k++) {
            out[k] += added;
            if (relu) out[k] = rectified(out[k]);
          }
        }
        float* to = y + ((tile.image * p.outputs[0] + tile.row) * p.outputs[1] + tile.column) * p.filters + f * width;
        for (int i = 0; i < outputs && i < rows; i++)
          for (int j = 0; j < outputs && j < columns; j++)
            store(to + (i * p.outputs[1] + j) * p.filters, out[i * outputs + j]);
      }
    }
  });
}

/** The kernel's gradient is summed in so many parts, whatever the number of threads: so its rounding does not depend on it. */
constexpr long parts = 8;

static long gradientScratchFloats(const WinogradProblem& p) {
  return parts * places * p.channels * p.filters +
         workers() * places * (apart(p.channels / width) + apart(p.filters / width)) * width;
}

static void kernelGradient(const WinogradProblem& p, const float* x, const float* dy, float* dkernel, float* scratch) {
  const Tiling tiling(p);
  const long channelVectors = p.channels / width, vectors = p.filters / width;
  const long ofPlace = apart(channelVectors), ofProduct = apart(vectors);
  const long size = places * p.channels * vectors, groups = (tiling.total + group - 1) / group;
  Lanes* sums = (Lanes*)scratch;  // [part][place][channel][filters]
  Lanes* ofWorkers = sums + parts * size;
  parallel(parts, [&](long part, long worker) {
    Lanes* ax = ofWorkers + worker * places * (ofPlace + ofProduct);  // [place][tile][channels]
    Lanes* ady = ax + places * ofPlace;                             // [place][tile][filters]
    Lanes* sum = sums + part * size;
    for (long k = 0; k < size; k++) sum[k] = Lanes{};
    for (long task = part * groups / parts; task < (part + 1) * groups / parts; task++) {
      const long first = task * group, count = tiling.total - first < group ? tiling.total - first : group;
      for (long k = 0; k < count; k++) {
        const Tile tile = tiling.at(first + k);
        evaluateInput(p, x, tile, ax + k * channelVectors, ofPlace);
        const long rows = p.outputs[0] - tile.row, columns = p.outputs[1] - tile.column;
        for (long f = 0; f < vectors; f++) {
          Lanes in[outputs * outputs], out[places];
          const float* from = dy + ((tile.image * p.outputs[0] + tile.row) * p.outputs[1] + tile.column) * p.filters + f * width;
          for (int i = 0; i < outputs; i++)
            for (int j = 0; j < outputs; j++)
              in[i * outputs + j] = i < rows && j < columns ? load(from + (i * p.outputs[1] + j) * p.filters) : Lanes{};
          alongBoth<false, inputs, outputs>(ofOutput, in, out, 1);
          for (int place = 0; place < places; place++) ady[place * ofProduct + k * vectors + f] = out[place];
        }
      }
      for (int place = 0; place < places; place++) {
        const Left left{(const float*)(ax + place * ofPlace), 1, p.channels, 0};
        const Right right{ady + place * ofProduct, vectors, 1};
        product<true>(left, right, {sum + place * p.channels * vectors, vectors, 1}, p.channels, vectors, 1, count);
      }
    }
  });
  parallel(p.channels, [&](long c, long) {
    for (long f = 0; f < vectors; f++) {
      Lanes in[places], out[taps * taps];
      for (int place = 0; place < places; place++) {
        Lanes sum{};
        for (long part = 0; part < parts; part++) sum += sums[part * size + (place * p.channels + c) * vectors + f];
        in[place] = sum;
      }
      alongBoth<true, taps, inputs>(ofKernel, in, out, 1);
      for (int k = 0; k < taps * taps; k++) store(dkernel + (k * p.channels + c) * p.filters + f * width, out[k]);
    }
  });
}

}  // namespace winograd
}  // namespace INSTRUCTION_SET
