// What is compiled once for each instruction set, and how the one for this processor is found.
#pragma once
#include "bilinear-plan.h"

/** u [batch, children, inDim], weight [children, parents, inDim, outDim] */
struct RoutingProblem {
  long batch, children, parents, inDim, outDim;
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
  void (*winogradConvolve)(const WinogradProblem&, const float* x, const float* kernel, float* y, float* scratch);
  void (*winogradKernelGradient)(const WinogradProblem&, const float* x, const float* dy, float* dkernel, float* scratch);

  void (*adam)(const AdamSettings&, float* weights, float* m, float* v, const float* gradient, long count);
};

/** Those for the best instruction set that this processor has, or for the one that CAPSNET_INSTRUCTION_SET names. */
const Kernels& kernels();
