// A strided convolution as a bilinear form, forward and backward:
//
//   y = S [(A x) . (B w)]      dx = A^T [(S^T dy) . (B w)^T]      dw = B^T [(A x)^T . (S^T dy)]
//
// "." is a product over channels (over filters for dx, over the batch for dw) at each rank. A, B and S go along one axis
// after the other. One phase at a time is evaluated, so that A x stays in the cache; backward evaluates it anew.
#pragma once
#include "bilinear-plan.h"
#include "kernels.h"
#include "matrix-product.h"
#include "parallel.h"

namespace INSTRUCTION_SET {

/** So many filters lie beside each other in the evaluated kernel. */
constexpr long panel = 16;

/** A stride of an odd number of lanes, so that what lies one stride apart does not compete for the same place in the cache. */
static inline long odd(long lanes) { return lanes | 1; }
static inline long roundUp(long x, long to) { return (x + to - 1) / to * to; }

struct BilinearLayout {
  const BilinearPlan& plan;
  const long blocks = roundUp(plan.batch, width) / width;
  const long filters = roundUp(plan.filters, panel);
  const long channels = roundUp(plan.channels, width);
  const long filterVectors = filters / width;

  // Lanes or floats from one rank to the next
  const long inputRank = odd(blocks * channels);       // A x, and its gradient [block][channel], lanes are images
  const long outputRank = odd(blocks * filters);       // the products, and S^T dy [block][filter], lanes are images
  const long imagesRank = odd(filterVectors * blocks * width);  // S^T dy once more [filters][image], lanes are filters
  const long kernelRank = filters * plan.channels + panel;      // B w [filters / panel][channel][panel], floats

  long rows(long block) const {
    const long left = plan.batch - block * width;
    return left < width ? left : width;
  }
  /** What a worker needs for one pair of transforms, in lanes. */
  long ofWorker() const {
    const long largest = plan.positions() > plan.ranks ? plan.positions() : plan.ranks;
    return width * largest + 3 * largest;
  }
};

/** out[p * columns of right + q] = sum over i, j of left[p, i] right[q, j] in[i * inner columns + j] */
static inline void alongBothAxes(Left left, long p, long i, Left right, long q, long j, const Lanes* in, Lanes* middle,
                                 Lanes* out) {
  product(left, {in, j, 1}, {middle, j, 1}, p, j, 1, i);
  product(right, {middle, 1, j}, {out, 1, q}, q, p, 1, j);
}

static inline Left matrix(const float* at, long row) { return {at, row, 1, 0}; }
static inline Left transposedMatrix(const float* at, long row) { return {at, 1, row, 0}; }

static inline Lanes rowOf(const Sparse& sparse, long row, const Lanes* x, long stride = 1) {
  Lanes sum{};
  for (int k = sparse.starts[row]; k < sparse.starts[row + 1]; k++) sum += sparse.factors[k] * x[sparse.columns[k] * stride];
  return sum;
}

/** B w of every phase: [phase ranks][filters / panel][channel][panel] */
static void evaluateKernel(const BilinearPlan& plan, const float* kernel, float* evaluated, float* scratch) {
  const BilinearLayout l{plan};
  const Axis &v = plan.vertical, &h = plan.horizontal;
  const long panels = l.filters / panel;
  constexpr long group = 16;
  const long groups = roundUp(plan.channels, group) / group;
  parallel(plan.phaseCount * groups * panels, [&](long task, long worker) {
    const Phase& phase = plan.phases[task / (groups * panels)];
    const long at = task / panels % groups * group, ofPanel = task % panels;
    const long rest = plan.channels - at;
    const long vTaps = v.tapsOf(phase.vertical), hTaps = h.tapsOf(phase.horizontal);
    Lanes* taps = (Lanes*)scratch + worker * l.ofWorker();
    Lanes* middle = taps + plan.positions();
    Lanes* components = middle + plan.positions();
    for (long c = at; c < at + (rest < group ? rest : group); c++) {
      for (long part = 0; part < panel; part += width) {
        const long f = ofPanel * panel + part;
        const long count = plan.filters > f ? plan.filters - f : 0;  // of the last panel some vectors have no filter
        for (long i = 0; i < v.taps; i++) {
          for (long j = 0; j < h.taps; j++) {
            const long row = i * v.stride + phase.vertical, column = j * h.stride + phase.horizontal;
            const float* from = kernel + ((row * h.kernel + column) * plan.channels + c) * plan.filters + f;
            taps[i * h.taps + j] = i < vTaps && j < hTaps ? loadPart(from, count) : Lanes{};
          }
        }
        alongBothAxes(matrix(v.b(), v.row()), v.inputs, v.taps, matrix(h.b(), h.row()), h.inputs, h.taps, taps, middle,
                      components);
        for (long k = 0; k < phase.count; k++)
          store(evaluated + (phase.first + k) * l.kernelRank + (ofPanel * plan.channels + c) * panel + part,
                rowOf(plan.evaluate, phase.ranks[k], components));
      }
    }
  });
}

/** A x of one phase: [k of its ranks][block][channel], lanes are images. */
static void evaluateInput(const BilinearLayout& l, const Phase& phase, const float* x, Lanes* evaluated, Lanes* scratch) {
  const BilinearPlan& plan = l.plan;
  const Axis &v = plan.vertical, &h = plan.horizontal;
  const long groups = l.channels / width, positions = plan.positions(), image = v.image * h.image * plan.channels;
  parallel(l.blocks * groups, [&](long task, long worker) {
    const long block = task / groups, c = task % groups * width;
    const long count = plan.channels - c < width ? plan.channels - c : width;
    Lanes* inputs = scratch + worker * l.ofWorker();  // [channel][position]
    Lanes* middle = inputs + width * positions;
    Lanes* components = middle + positions;
    for (long i = 0; i < v.inputs; i++) {
      for (long j = 0; j < h.inputs; j++) {
        const long row = i * v.stride + phase.vertical, column = j * h.stride + phase.horizontal;
        Lanes* to = inputs + i * h.inputs + j;
        // Beyond the image, where the kernel is 0
        if (row >= v.image || column >= h.image)
          for (long k = 0; k < count; k++) to[k * positions] = Lanes{};
        else
          intoLanes(x + block * width * image + (row * h.image + column) * plan.channels + c, l.rows(block), image, count,
                    to, positions);
      }
    }
    for (long k = 0; k < count; k++) {
      alongBothAxes(matrix(v.a(), v.row()), v.inputs, v.inputs, matrix(h.a(), h.row()), h.inputs, h.inputs,
                    inputs + k * positions, middle, components);
      Lanes* to = evaluated + block * l.channels + c + k;
      for (long rank = 0; rank < phase.count; rank++)
        to[rank * l.inputRank] = rowOf(plan.evaluate, phase.ranks[rank], components);
    }
  });
}

static long evaluatedKernelFloats(const BilinearPlan& plan) { return plan.phaseRanks * BilinearLayout{plan}.kernelRank; }

static long bilinearScratchFloats(const BilinearPlan& plan) {
  const BilinearLayout l{plan};
  return (workers() * l.ofWorker() + plan.ranks * (l.inputRank + l.outputRank)) * width;
}

static void convolve(const BilinearPlan& plan, const float* x, const float* evaluatedKernel, float* y,
                     float* scratchFloats) {
  const BilinearLayout l{plan};
  const Axis &v = plan.vertical, &h = plan.horizontal;
  Lanes* scratch = (Lanes*)scratchFloats;
  Lanes* ax = scratch + workers() * l.ofWorker();
  Lanes* products = ax + plan.ranks * l.inputRank;

  for (long number = 0; number < plan.phaseCount; number++) {
    const Phase& phase = plan.phases[number];
    evaluateInput(l, phase, x, ax, scratch);
    parallel(phase.count, [&](long k, long) {
      const float* bw = evaluatedKernel + (phase.first + k) * l.kernelRank;
      const Right right{ax + k * l.inputRank, 1, l.channels};
      for (long f = 0; f < l.filters; f += panel) {
        const Left left{bw + f * plan.channels, 1, panel, 0};
        const Result sums{products + phase.ranks[k] * l.outputRank + f, 1, l.filters};
        // The first phase has all the ranks.
        if (number == 0) product(left, right, sums, panel, l.blocks, 1, plan.channels);
        else product<true>(left, right, sums, panel, l.blocks, 1, plan.channels);
      }
    });
  }

  const long outputs = plan.outputs(), groups = l.filterVectors;
  parallel(l.blocks * groups, [&](long task, long worker) {
    const long block = task / groups, f = task % groups * width;
    Lanes* ys = scratch + worker * l.ofWorker();  // [filter][output]
    Lanes* components = ys + width * plan.ranks;
    Lanes* middle = components + plan.positions();
    for (long k = 0; k < width; k++) {
      const Lanes* from = products + block * l.filters + f + k;
      for (long component = 0; component < plan.positions(); component++)
        components[component] = rowOf(plan.recombine, component, from, l.outputRank);
      alongBothAxes(transposedMatrix(v.s(), v.row()), v.outputs, v.inputs, transposedMatrix(h.s(), h.row()), h.outputs,
                    h.inputs, components, middle, ys + k * outputs);
    }
    const long count = plan.filters - f < width ? plan.filters - f : width;
    for (long output = 0; output < outputs; output++)
      outOfLanes(ys + output, outputs, l.rows(block), outputs * plan.filters, count,
                 y + (block * width * outputs + output) * plan.filters + f);
  });
}

/** How many channels and vectors of filters of the kernel's gradient are made at a time, so that all ranks fit into the cache. */
constexpr long gradientChannels = 32, gradientVectors = 64 / width;

static long bilinearGradientScratchFloats(const BilinearPlan& plan) {
  const BilinearLayout l{plan};
  const long ofWorker = l.ofWorker() + plan.ranks * odd(gradientChannels * gradientVectors);
  return (workers() * ofWorker + plan.ranks * (l.inputRank + l.outputRank + l.imagesRank)) * width;
}

static void convolveGradient(const BilinearPlan& plan, const float* x, const float* evaluatedKernel, const float* dy,
                             float* dx, float* dkernel, float* scratchFloats) {
  const BilinearLayout l{plan};
  const Axis &v = plan.vertical, &h = plan.horizontal;
  const long positions = plan.positions(), outputs = plan.outputs();
  Lanes* scratch = (Lanes*)scratchFloats;
  const long gradientRank = odd(gradientChannels * gradientVectors);
  Lanes* gradients = scratch + workers() * l.ofWorker();  // of each worker [rank][channel][vector of filters]
  Lanes* ax = gradients + workers() * plan.ranks * gradientRank;
  Lanes* sdy = ax + plan.ranks * l.inputRank;       // S^T dy, lanes are images
  Lanes* sdyImages = sdy + plan.ranks * l.outputRank;  // the same, lanes are filters

  parallel(l.blocks * l.filterVectors, [&](long task, long worker) {
    const long block = task / l.filterVectors, f = task % l.filterVectors * width, vector = f / width;
    // Of the last panel some vectors have no filter.
    const long left = plan.filters - f, count = left < 0 ? 0 : left < width ? left : width, rows = l.rows(block);
    Lanes* ys = scratch + worker * l.ofWorker();
    Lanes* components = ys + width * plan.ranks;
    Lanes* middle = components + positions;
    const float* from = dy + block * width * outputs * plan.filters + f;
    const auto transform = [&](const Lanes* ys, Lanes* to, long rank) {
      alongBothAxes(matrix(v.s(), v.row()), v.inputs, v.outputs, matrix(h.s(), h.row()), h.inputs, h.outputs, ys, middle,
                    components);
      for (long k = 0; k < plan.ranks; k++) to[k * rank] = rowOf(plan.recombineTransposed, k, components);
    };
    for (long k = count * outputs; k < width * outputs; k++) ys[k] = Lanes{};
    for (long output = 0; output < outputs; output++)
      intoLanes(from + output * plan.filters, rows, outputs * plan.filters, count, ys + output, outputs);
    for (long k = 0; k < width; k++) transform(ys + k * outputs, sdy + block * l.filters + f + k, l.outputRank);
    for (long image = 0; image < width; image++) {
      for (long output = 0; output < outputs; output++)
        ys[output] = image < rows ? loadPart(from + (image * outputs + output) * plan.filters, count) : Lanes{};
      transform(ys, sdyImages + (vector * l.blocks + block) * width + image, l.imagesRank);
    }
  });

  // Rows and columns that no output needs
  const long image = v.image * h.image * plan.channels;
  if (v.inputs * v.stride < v.image || h.inputs * h.stride < h.image)
    __builtin_memset(dx, 0, plan.batch * image * sizeof(float));

  const long channelBlocks = roundUp(plan.channels, gradientChannels) / gradientChannels;
  const long filterBlocks = roundUp(l.filterVectors, gradientVectors) / gradientVectors;
  for (long number = 0; number < plan.phaseCount; number++) {
    const Phase& phase = plan.phases[number];

    // dx = A^T [(S^T dy) . (B w)^T]
    parallel(phase.count, [&](long k, long) {
      const Left bw{evaluatedKernel + (phase.first + k) * l.kernelRank, panel, 1, plan.channels * panel};
      const Right right{sdy + phase.ranks[k] * l.outputRank, 1, l.filters};
      product(bw, right, {ax + k * l.inputRank, 1, l.channels}, plan.channels, l.blocks, l.filters / panel, panel);
    });
    const long groups = l.channels / width;
    parallel(l.blocks * groups, [&](long task, long worker) {
      const long block = task / groups, c = task % groups * width;
      const long count = plan.channels - c < width ? plan.channels - c : width;
      Lanes* inputs = scratch + worker * l.ofWorker();  // [channel][position]
      Lanes* ofRanks = inputs + width * positions;
      Lanes* components = ofRanks + plan.ranks;
      Lanes* middle = components + positions;
      for (long k = 0; k < plan.ranks; k++) ofRanks[k] = Lanes{};
      for (long k = 0; k < count; k++) {
        const Lanes* from = ax + block * l.channels + c + k;
        for (long rank = 0; rank < phase.count; rank++) ofRanks[phase.ranks[rank]] = from[rank * l.inputRank];
        for (long component = 0; component < positions; component++)
          components[component] = rowOf(plan.evaluateTransposed, component, ofRanks);
        alongBothAxes(transposedMatrix(v.a(), v.row()), v.inputs, v.inputs, transposedMatrix(h.a(), h.row()), h.inputs,
                      h.inputs, components, middle, inputs + k * positions);
      }
      for (long i = 0; i < v.inputs; i++) {
        for (long j = 0; j < h.inputs; j++) {
          const long row = i * v.stride + phase.vertical, column = j * h.stride + phase.horizontal;
          if (row < v.image && column < h.image)
            outOfLanes(inputs + i * h.inputs + j, positions, l.rows(block), image, count,
                       dx + block * width * image + (row * h.image + column) * plan.channels + c);
        }
      }
    });

    // dw = B^T [(A x)^T . (S^T dy)]
    evaluateInput(l, phase, x, ax, scratch);
    const long vTaps = v.tapsOf(phase.vertical), hTaps = h.tapsOf(phase.horizontal);
    parallel(channelBlocks * filterBlocks, [&](long task, long worker) {
      const long c = task / filterBlocks * gradientChannels, vector = task % filterBlocks * gradientVectors;
      const long channels = plan.channels - c < gradientChannels ? plan.channels - c : gradientChannels;
      const long vectors = l.filterVectors - vector < gradientVectors ? l.filterVectors - vector : gradientVectors;
      Lanes* dbw = gradients + worker * plan.ranks * gradientRank;
      for (long k = 0; k < phase.count; k++) {
        const Left images{(const float*)(ax + k * l.inputRank + c), width, 1, l.channels * width};
        const Right right{sdyImages + phase.ranks[k] * l.imagesRank + vector * l.blocks * width, 1, l.blocks * width};
        product(images, right, {dbw + k * gradientRank, vectors, 1}, channels, vectors, l.blocks, width);
      }
      Lanes* ofRanks = scratch + worker * l.ofWorker();
      Lanes* components = ofRanks + plan.ranks;
      Lanes* middle = components + positions;
      Lanes* taps = middle + positions;
      for (long k = 0; k < plan.ranks; k++) ofRanks[k] = Lanes{};
      for (long channel = 0; channel < channels; channel++) {
        for (long k = 0; k < vectors; k++) {
          const long f = (vector + k) * width;
          if (f >= plan.filters) continue;
          for (long rank = 0; rank < phase.count; rank++)
            ofRanks[phase.ranks[rank]] = dbw[rank * gradientRank + channel * vectors + k];
          for (long component = 0; component < positions; component++)
            components[component] = rowOf(plan.evaluateTransposed, component, ofRanks);
          alongBothAxes(transposedMatrix(v.b(), v.row()), v.taps, v.inputs, transposedMatrix(h.b(), h.row()), h.taps,
                        h.inputs, components, middle, taps);
          for (long i = 0; i < vTaps; i++)
            for (long j = 0; j < hTaps; j++) {
              const long row = i * v.stride + phase.vertical, column = j * h.stride + phase.horizontal;
              float* to = dkernel + ((row * h.kernel + column) * plan.channels + c + channel) * plan.filters + f;
              storePart(to, taps[i * h.taps + j], plan.filters - f);
            }
        }
      }
    });
  }
}

}  // namespace INSTRUCTION_SET
