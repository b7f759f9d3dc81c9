#include <cmath>

#include "convolution.h"
#include "guarded-memory.h"
#include "test.h"

namespace {

DirectProblem problemOf(const Convolution& c) {
  return {c.batch, {c.image[0], c.image[1]}, c.channels, c.filters, {c.kernel[0], c.kernel[1]},
          {c.strides[0], c.strides[1]}, {c.outputs[0], c.outputs[1]}};
}

void testProblem(const Convolution& c, Random& random) {
  const Kernels& kernels = tested();
  const DirectProblem problem = problemOf(c);
  const bool relu = random.coin();
  const Values x = random.numbers(c.inputSize()), w = random.numbers(c.kernelSize());
  const Values b = random.numbers(relu || random.coin() ? c.filters : 0), dy = random.numbers(c.outputSize());
  const Memory inputs(x, anywhere), kernel(w, anywhere), bias(b, anywhere), gradient(dy, anywhere);
  const std::string name = "direct convolution " + c.name();
  {
    const Memory y(c.outputSize(), anywhere), scratch(kernels.directScratchFloats(problem), kernels.alignment);
    kernels.directConvolve(problem, inputs.data(), kernel.data(), b.empty() ? nullptr : bias.data(), relu, y.data(),
                           scratch.data());
    expectClose(name + ": y", y.values(), c.withBias(c.forward(x, w), b, relu), 1e-5);
  }
  const Memory dkernel(c.kernelSize(), anywhere);
  const Memory scratch(kernels.directKernelGradientScratchFloats(problem), kernels.alignment);
  kernels.directKernelGradient(problem, inputs.data(), gradient.data(), dkernel.data(), scratch.data());
  expectClose(name + ": dkernel", dkernel.values(), c.kernelGradient(dy, x), 1e-5);
}

/** What sees it is NaN, and nothing else. */
void testNotANumber() {
  const Convolution c{2, 3, 32, {7, 8}, {3, 2}, {2, 3}, {3, 3}, {}};
  const DirectProblem problem = problemOf(c);
  const Kernels& kernels = tested();
  Random random(9);
  Values x = random.numbers(c.inputSize()), b = random.numbers(c.filters);
  const long row = 4, column = 3, channel = 1;  // of the first image
  x[(row * 8 + column) * c.channels + channel] = b[17] = NAN;
  const Memory inputs(x, anywhere), kernel(random.numbers(c.kernelSize()), anywhere), bias(b, anywhere);
  const Memory y(c.outputSize(), anywhere), scratch(kernels.directScratchFloats(problem), kernels.alignment);
  kernels.directConvolve(problem, inputs.data(), kernel.data(), bias.data(), true, y.data(), scratch.data());
  const auto sees = [&](long output, long at, int axis) {
    return at >= output * c.strides[axis] && at < output * c.strides[axis] + c.kernel[axis];
  };
  for (long place = 0; place < 2 * 9; place++)
    for (long f = 0; f < c.filters; f++)
      expect(std::isnan(y.data()[place * c.filters + f]) ==
                 (f == 17 || (place < 9 && sees(place / 3, row, 0) && sees(place % 3, column, 1))),
             "direct convolution of NaN");

  // The gradient of the kernel has it, although no gradient of an output does.
  const Memory dy(Values(c.outputSize()), anywhere), dkernel(c.kernelSize(), anywhere);
  const Memory gradientScratch(kernels.directKernelGradientScratchFloats(problem), kernels.alignment);
  kernels.directKernelGradient(problem, inputs.data(), dy.data(), dkernel.data(), gradientScratch.data());
  for (long k = 0; k < dkernel.size(); k++) {
    // Its taps in rows 0 and 2 of the window, at strides of 2, and in column 0, at strides of 3
    const long place = k / c.filters;
    const bool meets = place % c.channels == channel && place / c.channels % 2 == 0 && place / c.channels / 2 != 1;
    expect(std::isnan(dkernel.data()[k]) == meets, "direct convolution's gradient for NaN");
  }
}

}  // namespace

void testDirectConvolution(long problems) {
  testNotANumber();
  Random random(10);
  for (long problem = 0; problem < problems; problem++) {
    Convolution c{};
    c.batch = random.oneOf({1, 2, 5, 17, 21});  // fewer than the parts of the gradient, and more
    c.channels = random.oneOf({1, 3, 8, 16, 20});
    c.filters = 16 * random.whole(1, 3);
    for (int axis = 0; axis < 2; axis++) {
      c.image[axis] = random.whole(1, 12);
      c.kernel[axis] = random.whole(1, c.image[axis]);
      c.strides[axis] = random.whole(1, 3);
      c.outputs[axis] = (c.image[axis] - c.kernel[axis]) / c.strides[axis] + 1;
    }
    testProblem(c, random);
  }
  // No image; one of everything; windows of 9 x 9, whose rows are one more than a tile's; rows that no output needs
  testProblem({0, 3, 32, {5, 4}, {3, 2}, {2, 1}, {2, 3}, {}}, random);
  testProblem({1, 1, 16, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {}}, random);
  testProblem({2, 1, 48, {13, 17}, {9, 9}, {1, 1}, {5, 9}, {}}, random);
  testProblem({3, 5, 16, {9, 8}, {2, 2}, {3, 3}, {3, 3}, {}}, random);
}
