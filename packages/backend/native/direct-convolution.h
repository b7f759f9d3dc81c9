// A strided convolution as products of matrices that are read straight from the image: of one row of outputs,
//
//   y[x, f] = sum over i, j, c of image[row i, column stride x + j, c] kernel[i, j, c, f]
//
// where (j, c) lie beside each other, so that a window is `height` stretches of memory. Bias and ReLU follow while a row is in
// the cache.
#pragma once
#include "kernels.h"
#include "matrix-product.h"
#include "parallel.h"

namespace INSTRUCTION_SET {
namespace direct {

/** x + bias for rows of filters, and no less than 0 if `relu`. */
static inline void addBias(float* y, const float* bias, long rows, long filters, bool relu) {
  for (long row = 0; row < rows; row++) {
    for (long f = 0; f < filters; f += width) {
      const Lanes x = load(y + row * filters + f) + load(bias + f);
      store(y + row * filters + f, relu ? rectified(x) : x);
    }
  }
}

/** [k, filters] -> [pair of vectors][k][2]: what a product reads together lies together. */
static void pack(const float* kernel, long k, long vectors, Lanes* to) {
  for (long f = 0; f < vectors; f++) {
    const long pair = f / 2, inPair = vectors - 2 * pair < 2 ? 1 : 2;
    for (long row = 0; row < k; row++)
      to[pair * 2 * k + row * inPair + f % 2] = load(kernel + (row * vectors + f) * width);
  }
}

static long scratchFloats(const DirectProblem& p) {
  return p.window[0] * p.window[1] * p.channels * p.filters;
}

static void convolve(const DirectProblem& p, const float* x, const float* kernel, const float* bias, bool relu, float* y,
                     float* scratch) {
  const long vectors = p.filters / width, stretch = p.window[1] * p.channels, k = p.window[0] * stretch;
  Lanes* packed = (Lanes*)scratch;
  pack(kernel, k, vectors, packed);
  parallel(p.batch * p.outputs[0], [&](long task, long) {
    const long image = task / p.outputs[0], row = task % p.outputs[0];
    const Left window{x + (image * p.image[0] + row * p.strides[0]) * p.image[1] * p.channels, p.strides[1] * p.channels, 1,
                      p.image[1] * p.channels};
    float* to = y + task * p.outputs[1] * p.filters;
    for (long f = 0; f < vectors; f += 2) {
      const long n = vectors - f < 2 ? 1 : 2;
      product(window, {packed + f * k, n, 1}, {to + f * width, vectors, 1}, p.outputs[1], n, p.window[0], stretch);
    }
    if (bias) addBias(to, bias, p.outputs[1], p.filters, relu);
  });
}

/** Sums over the batch are made in so many parts, whatever the number of threads. */
constexpr long parts = 16;

static long kernelGradientScratchFloats(const DirectProblem& p) {
  return parts * p.window[0] * p.window[1] * p.channels * p.filters;
}

/** dkernel[i, j, c, f] = sum over images, rows and columns of x[row, column] dy[f]: one row of the window is one product. */
static void kernelGradient(const DirectProblem& p, const float* x, const float* dy, float* dkernel, float* scratch) {
  const long vectors = p.filters / width, stretch = p.window[1] * p.channels;
  const long size = p.window[0] * stretch * vectors, outputs = p.outputs[0] * p.outputs[1];
  Lanes* sums = (Lanes*)scratch;
  parallel(parts, [&](long part, long) {
    Lanes* sum = sums + part * size;
    for (long k = 0; k < size; k++) sum[k] = Lanes{};
    for (long image = part * p.batch / parts; image < (part + 1) * p.batch / parts; image++) {
      const Right right{dy + image * outputs * p.filters, vectors, 1};
      for (long row = 0; row < p.window[0]; row++) {
        const Left windows{x + (image * p.image[0] + row) * p.image[1] * p.channels, 1, p.strides[1] * p.channels,
                           p.strides[0] * p.image[1] * p.channels};
        product<true>(windows, right, {sum + row * stretch * vectors, vectors, 1}, stretch, vectors, p.outputs[0],
                      p.outputs[1]);
      }
    }
  });
  parallel(p.window[0] * stretch, [&](long k, long) {
    for (long f = 0; f < vectors; f++) {
      Lanes sum{};
      for (long part = 0; part < parts; part++) sum += sums[part * size + k * vectors + f];
      store(dkernel + (k * vectors + f) * width, sum);
    }
  });
}

}  // namespace direct
}  // namespace INSTRUCTION_SET
