// Convolution with bias and ReLU, and the gradient of those two, as operations of TensorFlow.
#include "kernels.h"
#include "operations.h"
#include "tensorflow.h"

namespace {

void expect(bool condition, const char* message) {
  if (!condition) throw Failure{TF_INVALID_ARGUMENT, message};
}

DirectProblem problemOf(const Tensor& x, long height, long width, long filters, const long strides[2]) {
  DirectProblem problem{x.dim(0), {x.dim(1), x.dim(2)}, x.dim(3), filters, {height, width}, {strides[0], strides[1]}, {}};
  for (int axis = 0; axis < 2; axis++) {
    const long image = problem.image[axis], window = problem.window[axis];
    expect(window >= 1 && window <= image && strides[axis] >= 1,
           "convolution: expected a kernel no larger than the image, and strides from 1");
    problem.outputs[axis] = (image - window) / strides[axis] + 1;
  }
  return problem;
}

struct Settings {
  explicit Settings(Attributes& attributes) : relu(attributes.flag("relu")) { attributes.pair("strides", strides); }
  long strides[2];
  bool relu;
};

void compute(const Settings& settings, Context& context) {
  const Tensor x = context.input(0), kernel = context.input(1), bias = context.input(2);
  expect(x.rank() == 4 && kernel.rank() == 4 && x.dim(3) == kernel.dim(2) && kernel.dim(3) % 16 == 0,
         "convolution: expected x [batch, height, width, channels] and a kernel [height, width, channels, filters], filters in sixteens");
  const long filters = kernel.dim(3);
  const DirectProblem problem = problemOf(x, kernel.dim(0), kernel.dim(1), filters, settings.strides);
  expect(bias.size() == 0 || bias.is({filters}), "convolution: expected bias [filters], or an empty one");
  const Tensor y = context.output(0, {problem.batch, problem.outputs[0], problem.outputs[1], filters});
  const Tensor scratch = context.scratch(kernels().directScratchFloats(problem));
  kernels().directConvolve(problem, x.data(), kernel.data(), bias.size() > 0 ? bias.data() : nullptr, settings.relu, y.data(),
                           scratch.data());
}

struct KernelSettings {
  explicit KernelSettings(Attributes& attributes) {
    attributes.pair("window", window);
    attributes.pair("strides", strides);
  }
  long window[2], strides[2];
};

void computeKernelGradient(const KernelSettings& settings, Context& context) {
  const Tensor x = context.input(0), dy = context.input(1);
  expect(x.rank() == 4 && dy.rank() == 4 && x.dim(0) == dy.dim(0) && dy.dim(3) % 16 == 0,
         "convolution's gradient: expected x [batch, height, width, channels] and dy [batch, height, width, filters], filters in sixteens");
  const DirectProblem problem = problemOf(x, settings.window[0], settings.window[1], dy.dim(3), settings.strides);
  expect(dy.dim(1) == problem.outputs[0] && dy.dim(2) == problem.outputs[1],
         "convolution's gradient: expected dy of the size of y");
  const Tensor dkernel = context.output(0, {problem.window[0], problem.window[1], problem.channels, problem.filters});
  const Tensor scratch = context.scratch(kernels().directKernelGradientScratchFloats(problem));
  kernels().directKernelGradient(problem, x.data(), dy.data(), dkernel.data(), scratch.data());
}

struct None {
  explicit None(Attributes&) {}
};

void computeReluGradient(const None&, Context& context) {
  const Tensor dy = context.input(0), y = context.input(1);
  expect(dy.rank() == 4 && y.is({dy.dim(0), dy.dim(1), dy.dim(2), dy.dim(3)}) && dy.dim(3) % 16 == 0,
         "ReLU's gradient: expected dy and y [batch, height, width, filters], filters in sixteens");
  const long filters = dy.dim(3);
  const Tensor masked = context.output(0, {dy.dim(0), dy.dim(1), dy.dim(2), filters});
  const Tensor dbias = context.output(1, {filters});
  const Tensor scratch = context.scratch(kernels().reluGradientScratchFloats(filters));
  kernels().reluGradient(dy.data(), y.data(), dy.size() / filters, filters, masked.data(), dbias.data(), scratch.data());
}

}  // namespace

void registerDirectConvolution() {
  registerOperation<Settings, compute>(
      {"Convolution", {"x", "kernel", "bias"}, {"y"}, {"strides: list(int)", "relu: bool"}});
  registerOperation<KernelSettings, computeKernelGradient>(
      {"ConvolutionKernelGradient", {"x", "dy"}, {"dkernel"}, {"window: list(int)", "strides: list(int)"}});
  registerOperation<None, computeReluGradient>({"ReluGradient", {"dy", "y"}, {"masked", "dbias"}, {}});
}
