#include <cmath>

#include "convolution.h"
#include "guarded-memory.h"
#include "test.h"

namespace {

WinogradProblem problemOf(const Convolution& c) {
  WinogradProblem problem{};
  problem.batch = c.batch;
  problem.channels = c.channels;
  problem.filters = c.filters;
  for (int axis = 0; axis < 2; axis++) {
    problem.image[axis] = c.image[axis];
    problem.outputs[axis] = c.outputs[axis];
    problem.padding[axis] = c.padding[axis];
  }
  return problem;
}

void testProblem(const Convolution& c, Random& random) {
  const Kernels& kernels = tested();
  const Values x = random.numbers(c.inputSize()), w = random.numbers(c.kernelSize());
  const Values dy = random.numbers(c.outputSize());
  const Memory inputs(x, anywhere), kernel(w, anywhere), gradient(dy, anywhere);
  const std::string name = "3x3 convolution " + c.name();
  const WinogradProblem problem = problemOf(c);
  {
    const bool relu = random.coin();
    const Values b = random.numbers(relu || random.coin() ? c.filters : 0, 10);
    const Memory y(c.outputSize(), anywhere), bias(b, anywhere);
    const Memory scratch(kernels.winogradScratchFloats(problem), kernels.alignment);
    kernels.winogradConvolve(problem, inputs.data(), kernel.data(), b.empty() ? nullptr : bias.data(), relu, y.data(),
                             scratch.data());
    expectClose(name + ": y", y.values(), c.withBias(c.forward(x, w), b, relu), 1e-4);
  }
  {
    // The gradient of the input is a convolution of dy by the kernel turned round.
    WinogradProblem turned = problem;
    for (int axis = 0; axis < 2; axis++) {
      turned.image[axis] = c.outputs[axis];
      turned.outputs[axis] = c.image[axis];
      turned.padding[axis] = 2 - c.padding[axis];
    }
    turned.channels = c.filters;
    turned.filters = c.channels;
    turned.turned = true;
    const Memory dx(c.inputSize(), anywhere), scratch(kernels.winogradScratchFloats(turned), kernels.alignment);
    kernels.winogradConvolve(turned, gradient.data(), kernel.data(), nullptr, false, dx.data(), scratch.data());
    expectClose(name + ": dx", dx.values(), c.inputGradient(dy, w), 1e-4);
  }
  {
    const Memory dkernel(c.kernelSize(), anywhere);
    const Memory scratch(kernels.winogradGradientScratchFloats(problem), kernels.alignment);
    kernels.winogradKernelGradient(problem, inputs.data(), gradient.data(), dkernel.data(), scratch.data());
    expectClose(name + ": dkernel", dkernel.values(), c.kernelGradient(dy, x), 1e-4);
  }
}

/** Whatever sees it is NaN; other tiles, images and filters are not. */
void testNotANumber() {
  const Convolution c{2, 16, 32, {9, 9}, {3, 3}, {1, 1}, {9, 9}, {1, 1}};
  const WinogradProblem problem = problemOf(c);
  const Kernels& kernels = tested();
  Random random(7);
  Values x = random.numbers(c.inputSize()), b = random.numbers(c.filters);
  x[(4 * 9 + 4) * c.channels + 3] = b[17] = NAN;  // of the first image
  const Memory inputs(x, anywhere), kernel(random.numbers(c.kernelSize()), anywhere), bias(b, anywhere);
  const Memory y(c.outputSize(), anywhere), scratch(kernels.winogradScratchFloats(problem), kernels.alignment);
  kernels.winogradConvolve(problem, inputs.data(), kernel.data(), bias.data(), true, y.data(), scratch.data());
  for (long place = 0; place < 2 * 81; place++) {
    const long row = place % 81 / 9, column = place % 9;
    const bool sees = place < 81 && row >= 3 && row <= 5 && column >= 3 && column <= 5;
    // In the tiles that reach to it every place is a sum with it.
    const bool mayNot = place >= 81 || row == 8 || column == 8;
    for (long f = 0; f < c.filters; f++) {
      const bool found = std::isnan(y.data()[place * c.filters + f]);
      if (sees || f == 17) expect(found, "3x3 convolution of NaN is a number");
      else if (mayNot) expect(!found, "3x3 convolution: NaN where none is seen");
    }
  }

  // The gradient of the kernel has it, although no gradient of an output does.
  const Memory dy(Values(c.outputSize()), anywhere), dkernel(c.kernelSize(), anywhere);
  const Memory gradientScratch(kernels.winogradGradientScratchFloats(problem), kernels.alignment);
  kernels.winogradKernelGradient(problem, inputs.data(), dy.data(), dkernel.data(), gradientScratch.data());
  for (long k = 0; k < dkernel.size(); k++)
    expect(std::isnan(dkernel.data()[k]) == (k / c.filters % c.channels == 3), "3x3 convolution's gradient for NaN");
}

}  // namespace

void testWinograd(long problems) {
  testNotANumber();
  Random random(6);
  for (long problem = 0; problem < problems; problem++) {
    Convolution c{};
    c.batch = random.whole(1, 5);
    c.channels = 16 * random.whole(1, 2);
    c.filters = 16 * random.whole(1, 3);
    for (int axis = 0; axis < 2; axis++) {
      c.kernel[axis] = 3;
      c.strides[axis] = 1;
      // Zeros before and behind; both of "valid" are 0, both of "same" are 1.
      const long behind = random.whole(0, 2);
      c.padding[axis] = random.coin() ? behind : random.whole(0, 2);
      c.image[axis] = random.whole(3, 10);
      c.outputs[axis] = c.image[axis] + c.padding[axis] + behind - 2;
    }
    testProblem(c, random);
  }
  // No image, one of the smallest size, and more tiles than go through the places at once
  testProblem({0, 16, 32, {4, 3}, {3, 3}, {1, 1}, {4, 3}, {1, 1}}, random);
  testProblem({1, 16, 16, {3, 3}, {3, 3}, {1, 1}, {1, 1}, {0, 0}}, random);
  testProblem({3, 16, 16, {17, 19}, {3, 3}, {1, 1}, {17, 19}, {1, 1}}, random);
}
