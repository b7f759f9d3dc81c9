// What is compiled once for each instruction set, and how the one for this processor is found.
#pragma once
#include "bilinear-plan.h"

/** u [batch, children, inDim], weight [children, parents, inDim, outDim] */
struct VotesProblem {
  long batch, children, parents, inDim, outDim;
};

struct RoutingProblem : VotesProblem {
  int iterations;
  bool overParents;  // what the softmax is over; else over the children
  bool full;         // whether the gradient flows through all iterations; else through the last alone
  float epsilon;     // of squash
};

/** x [batch, image, channels], kernel [3, 3, channels, filters]; channels and filters are multiples of 16. */
struct WinogradProblem {
  long batch, image[2], channels, filters, outputs[2];  // pairs are [vertical, horizontal]
  long padding[2];                                      // how many rows of zeros lie above the image, columns before it
  bool turned;  // whether the kernel is [3, 3, filters, channels] and turned round, as for the gradient of the input
};

/** x [batch, image, channels], kernel [window, channels, filters]; filters are a multiple of 16. */
struct DirectProblem {
  long batch, image[2], channels, filters, window[2], strides[2], outputs[2];  // pairs are [vertical, horizontal]
};

/** [capsules, dim] */
struct SquashProblem {
  long capsules, dim;
  bool exponential;  // that of Efficient-CapsNet; else the paper's, with epsilon
  float epsilon;
};

struct AdamSettings {
  float rate, beta1, beta2, epsilon;
};

struct Kernels {
  const char* instructionSet;
  long alignment;  // of memory that holds lanes, in bytes

  /** How many floats `route` leaves for `routeGradient`, and how many either needs while it runs. */
  long (*routingSavedFloats)(const RoutingProblem&);
  long (*routingScratchFloats)(const RoutingProblem&);
  long (*routingGradientScratchFloats)(const RoutingProblem&);
  /** @param bias [parents, outDim] or null */
  void (*route)(const RoutingProblem&, const float* u, const float* weight, const float* bias, float* capsules,
                float* saved, float* scratch);
  void (*routeGradient)(const RoutingProblem&, const float* weight, const float* bias, const float* saved,
                        const float* dcapsules, float* du, float* dweight, float* dbias, float* scratch);

  /** Self-attention routing before its squash. @param bias [children, parents] or null */
  long (*selfAttentionScratchFloats)(const VotesProblem&);
  long (*selfAttentionGradientScratchFloats)(const VotesProblem&);
  void (*selfAttention)(const VotesProblem&, const float* u, const float* weight, const float* bias, float* sums,
                        float* scratch);
  void (*selfAttentionGradient)(const VotesProblem&, const float* u, const float* weight, const float* bias,
                                const float* dsums, float* du, float* dweight, float* dbias, float* scratch);

  /** @param dv null for v, else the gradient of v, for that of s */
  long (*squashScratchFloats)(const SquashProblem&);
  void (*squash)(const SquashProblem&, const float* s, const float* dv, float* out, float* scratch);

  long (*evaluatedKernelFloats)(const BilinearPlan&);
  /** Of `evaluateKernel` and `convolve`. */
  long (*bilinearScratchFloats)(const BilinearPlan&);
  long (*bilinearGradientScratchFloats)(const BilinearPlan&);
  void (*evaluateKernel)(const BilinearPlan&, const float* kernel, float* evaluated, float* scratch);
  void (*convolve)(const BilinearPlan&, const float* x, const float* evaluatedKernel, float* y, float* scratch);
  void (*convolveGradient)(const BilinearPlan&, const float* x, const float* evaluatedKernel, const float* dy, float* dx,
                           float* dkernel, float* scratch);

  long (*winogradScratchFloats)(const WinogradProblem&);
  long (*winogradGradientScratchFloats)(const WinogradProblem&);
  /** @param bias [filters] or null; with it y + bias, and no less than 0 if `relu` */
  void (*winogradConvolve)(const WinogradProblem&, const float* x, const float* kernel, const float* bias, bool relu,
                           float* y, float* scratch);
  void (*winogradKernelGradient)(const WinogradProblem&, const float* x, const float* dy, float* dkernel, float* scratch);

  long (*directScratchFloats)(const DirectProblem&);
  long (*directKernelGradientScratchFloats)(const DirectProblem&);
  void (*directConvolve)(const DirectProblem&, const float* x, const float* kernel, const float* bias, bool relu, float* y,
                         float* scratch);
  void (*directKernelGradient)(const DirectProblem&, const float* x, const float* dy, float* dkernel, float* scratch);

  /** Of rows of a multiple of 16. */
  long (*reluGradientScratchFloats)(long filters);
  void (*reluGradient)(const float* dy, const float* y, long rows, long filters, float* masked, float* dbias,
                       float* scratch);
  long (*batchNormScratchFloats)(long channels);
  void (*batchNorm)(const float* x, long rows, long channels, float epsilon, const float* gamma, const float* beta, float* y,
                    float* mean, float* variance, float* scratch);
  void (*batchNormGradient)(const float* dy, const float* x, long rows, long channels, float epsilon, const float* gamma,
                            const float* mean, const float* variance, float* dx, float* dgamma, float* dbeta,
                            float* scratch);

  void (*adam)(const AdamSettings&, float* weights, float* m, float* v, const float* gradient, long count);
};

/** Those for the best instruction set that this processor has, or for the one that CAPSNET_INSTRUCTION_SET names. */
const Kernels& kernels();
