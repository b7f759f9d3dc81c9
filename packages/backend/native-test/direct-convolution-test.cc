#include "convolution.h"
#include "guarded-memory.h"
#include "test.h"

namespace {

void testProblem(const Convolution& c, Random& random) {
  const Kernels& kernels = tested();
  DirectProblem problem{};
  problem.batch = c.batch;
  problem.channels = c.channels;
  problem.filters = c.filters;
  for (int axis = 0; axis < 2; axis++) {
    problem.image[axis] = c.image[axis];
    problem.window[axis] = c.kernel[axis];
    problem.strides[axis] = c.strides[axis];
    problem.outputs[axis] = c.outputs[axis];
  }
  const Values x = random.numbers(c.inputSize()), w = random.numbers(c.kernelSize());
  const Values dy = random.numbers(c.outputSize()), added = random.numbers(c.filters);
  const Memory inputs(x, anywhere), kernel(w, anywhere), bias(added, anywhere);
  const Memory y(c.outputSize(), anywhere), gradient(dy, anywhere);
  const std::string name = "direct convolution " + c.name();
  const Memory scratch(kernels.directScratchFloats(problem), kernels.alignment);
  const bool hasBias = random.coin(), relu = random.coin();
  kernels.directConvolve(problem, inputs.data(), kernel.data(), hasBias ? bias.data() : nullptr, relu, y.data(),
                         scratch.data());
  const Values expected = c.forward(x, w);
  expectClose(name + ": y", y.values(), hasBias ? behindBias(expected, added, relu) : expected, 1e-5);

  const Memory dkernel(c.kernelSize(), anywhere);
  const Memory sums(kernels.directKernelGradientScratchFloats(problem), kernels.alignment);
  kernels.directKernelGradient(problem, inputs.data(), gradient.data(), dkernel.data(), sums.data());
  expectClose(name + ": dkernel", dkernel.values(), c.kernelGradient(dy, x), 1e-5);
}

}  // namespace

void testDirectConvolution(long problems) {
  Random random(7);
  for (long problem = 0; problem < problems; problem++) {
    Convolution c{};
    c.batch = random.whole(1, 20);
    c.channels = random.whole(1, 5);
    c.filters = 16 * random.whole(1, 3);
    for (int axis = 0; axis < 2; axis++) {
      c.image[axis] = random.whole(1, 9);
      c.kernel[axis] = random.whole(1, c.image[axis]);
      c.strides[axis] = random.whole(1, 3);
      c.outputs[axis] = (c.image[axis] - c.kernel[axis]) / c.strides[axis] + 1;
    }
    testProblem(c, random);
  }
  // No image
  testProblem({0, 1, 16, {5, 4}, {3, 2}, {2, 1}, {2, 3}, {}}, random);
}
