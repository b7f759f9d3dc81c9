#include <complex>
#include <limits>
#include <memory>

#include "bilinear-plan-memory.h"
#include "convolution.h"
#include "guarded-memory.h"
#include "test.h"

namespace {

using Point = std::complex<double>;
const Point infinity(std::numeric_limits<double>::infinity(), 0);

/** At 0, at infinity and on the circle around 0, where few digits are lost. */
struct Points {
  std::vector<Point> reals, pairs;  // of a pair the one above the axis
};

Points pointsFor(long count, Random& random) {
  std::vector<Point> some{0, infinity, 1, -1};
  // 0 to 4 real ones, as many as leave pairs.
  long reals = count % 2 + 2 * random.whole(0, 1 + (count % 2 == 0));
  if (reals > count) reals = count % 2;
  Points points{{some.begin(), some.begin() + reals}, {}};
  const long pairs = (count - reals) / 2;
  for (long k = 1; k <= pairs; k++) points.pairs.push_back(std::polar(1., M_PI * k / (pairs + 1)));
  return points;
}

/** The coefficients of the polynomial that is 1 at one point and 0 at the others, lowest first. */
std::vector<Point> lagrange(const std::vector<Point>& all, std::size_t one) {
  std::vector<Point> product{1};
  Point scale = 1;
  for (std::size_t other = 0; other < all.size(); other++) {
    if (other == one || all[other] == infinity) continue;
    std::vector<Point> next(product.size() + 1);
    for (std::size_t k = 0; k < product.size(); k++) {
      next[k] -= all[other] * product[k];
      next[k + 1] += product[k];
    }
    product = next;
    if (all[one] != infinity) scale *= all[one] - all[other];
  }
  product.resize(all.size());
  for (Point& coefficient : product) coefficient /= scale;
  return product;
}

std::vector<Point> powers(Point point, long count) {
  std::vector<Point> all(count, point == infinity ? 0 : 1);
  for (long k = 1; k < count; k++) all[k] = point == infinity ? 0 : all[k - 1] * point;
  if (point == infinity) all[count - 1] = 1;
  return all;
}

struct Matrices {
  long reals;
  Values rows;  // [points, inputs + taps + outputs]
};

/** y_o = sum of x_{o + k} w_k, at points; see packages/core/src/convolution/axis-transform.ts for why. */
Matrices matricesOf(long outputs, long taps, Random& random) {
  const long inputs = outputs + taps - 1;
  Values rows;
  if (outputs == 1 || taps == 1) {
    for (long row = 0; row < inputs; row++) {
      for (long column = 0; column < inputs; column++) rows.push_back(row == column);
      for (long column = 0; column < taps; column++) rows.push_back(taps == 1 || row == column);
      for (long column = 0; column < outputs; column++) rows.push_back(outputs == 1 || row == column);
    }
    return {inputs, rows};
  }
  const Points points = pointsFor(inputs, random);
  std::vector<Point> all = points.reals, ordered = points.reals;
  for (const Point& pair : points.pairs) {
    all.push_back(pair);
    all.push_back(std::conj(pair));
  }
  for (std::size_t index = 0; index < all.size(); index++) {
    const bool isReal = index < points.reals.size();
    if (!isReal && (index - points.reals.size()) % 2 == 1) continue;  // the other half of a pair
    const std::vector<Point> a = lagrange(all, index), b = powers(all[index], taps), s = powers(all[index], outputs);
    for (int part = 0; part < (isReal ? 1 : 2); part++) {
      for (const Point& x : a) rows.push_back(part ? x.imag() : x.real());
      for (const Point& x : b) rows.push_back(part ? x.imag() : x.real());
      // A pair adds what it has and the conjugate of that.
      for (const Point& x : s) rows.push_back(isReal ? x.real() : part ? -2 * x.imag() : 2 * x.real());
    }
  }
  return {(long)points.reals.size(), rows};
}

void testProblem(const Convolution& c, Random& random) {
  BilinearPlan plan{};
  PlanMemory planMemory;
  std::vector<std::unique_ptr<Memory>> matrices;
  Axis* axes[] = {&plan.vertical, &plan.horizontal};
  for (int index = 0; index < 2; index++) {
    Axis& axis = *axes[index];
    axis.image = c.image[index];
    axis.kernel = c.kernel[index];
    axis.stride = c.strides[index];
    const long taps = (axis.kernel - 1) / axis.stride + 1;
    const Matrices made = matricesOf(c.outputs[index], taps, random);
    axis.reals = made.reals;
    axis.pairs = (c.outputs[index] + taps - 1 - made.reals) / 2;
    matrices.push_back(std::make_unique<Memory>(made.rows, anywhere));
    axis.matrices = matrices.back()->data();
  }
  plan.batch = c.batch;
  plan.channels = c.channels;
  plan.filters = c.filters;
  completePlan(plan, planMemory);

  const Kernels& kernels = tested();
  const Values x = random.numbers(c.inputSize()), w = random.numbers(c.kernelSize());
  const Values dy = random.numbers(c.outputSize());
  const Memory inputs(x, anywhere), kernel(w, anywhere), gradient(dy, anywhere), y(c.outputSize(), anywhere);
  const Memory evaluated(kernels.evaluatedKernelFloats(plan), anywhere);
  {
    const Memory scratch(kernels.bilinearScratchFloats(plan), kernels.alignment);
    // It is evaluated on its own, with no batch yet.
    BilinearPlan alone = plan;
    alone.batch = 1;
    const Memory small(kernels.bilinearScratchFloats(alone), kernels.alignment);
    kernels.evaluateKernel(alone, kernel.data(), evaluated.data(), small.data());
    kernels.convolve(plan, inputs.data(), evaluated.data(), y.data(), scratch.data());
  }
  const Memory dx(c.inputSize(), anywhere), dkernel(c.kernelSize(), anywhere);
  const Memory scratch(kernels.bilinearGradientScratchFloats(plan), kernels.alignment);
  kernels.convolveGradient(plan, inputs.data(), evaluated.data(), gradient.data(), dx.data(), dkernel.data(),
                           scratch.data());
  const std::string name = "bilinear convolution " + c.name();
  expectClose(name + ": y", y.values(), c.forward(x, w), 1e-4);
  expectClose(name + ": dx", dx.values(), c.inputGradient(dy, w), 1e-4);
  expectClose(name + ": dkernel", dkernel.values(), c.kernelGradient(dy, x), 1e-4);
}

}  // namespace

void testBilinearConvolution(long problems) {
  Random random(5);
  for (long problem = 0; problem < problems; problem++) {
    Convolution c{};
    c.batch = random.whole(1, 20);
    c.channels = random.whole(1, 20);
    c.filters = random.whole(1, 36);
    for (int axis = 0; axis < 2; axis++) {
      c.image[axis] = random.whole(1, 11);
      c.kernel[axis] = random.whole(1, c.image[axis]);
      c.strides[axis] = random.whole(1, 3);
      c.outputs[axis] = (c.image[axis] - c.kernel[axis]) / c.strides[axis] + 1;
    }
    testProblem(c, random);
  }
  // No image; one of everything; a row that no output needs; more channels than one block of the kernel's gradient has
  testProblem({0, 3, 5, {5, 4}, {3, 2}, {2, 1}, {2, 3}, {}}, random);
  testProblem({1, 1, 1, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {}}, random);
  testProblem({3, 5, 6, {7, 6}, {2, 2}, {2, 2}, {3, 3}, {}}, random);
  testProblem({17, 40, 70, {5, 4}, {3, 2}, {2, 1}, {2, 3}, {}}, random);
}
