// Self-attention routing as Efficient-CapsNet's paper has it, with all of the matrix A, in double, and its gradient from the end
// back to the start.
#include <algorithm>
#include <cmath>

#include "guarded-memory.h"
#include "test.h"

namespace {

struct Result {
  Values sums, du, dweight, dbias;
};

/** Adds to the gradients of weight and bias what one image gives them. */
void ofImage(const VotesProblem& p, long image, const Values& u, const Values& weight, const Values& bias,
             const Values& dsums, Result& result) {
  const double root = std::sqrt((double)p.outDim);
  const auto vote = [&](long i, long j) { return (i * p.parents + j) * p.outDim; };
  const auto pair = [&](long i, long j) { return i * p.parents + j; };
  Values votes(p.children * p.parents * p.outDim), dvotes(votes.size()), softmax(p.children * p.parents);
  const auto eachVote = [&](auto use) {
    for (long i = 0; i < p.children; i++)
      for (long j = 0; j < p.parents; j++)
        for (long e = 0; e < p.outDim; e++) use(i, j, e);
  };
  const auto eachWeight = [&](auto use) {
    eachVote([&](long i, long j, long e) {
      for (long d = 0; d < p.inDim; d++)
        use((image * p.children + i) * p.inDim + d, (pair(i, j) * p.inDim + d) * p.outDim + e, vote(i, j) + e);
    });
  };
  eachWeight([&](long ofU, long w, long v) { votes[v] += u[ofU] * weight[w]; });

  for (long i = 0; i < p.children; i++) {
    Values agreement(p.parents);
    for (long j = 0; j < p.parents; j++)
      for (long k = 0; k < p.children; k++)
        for (long e = 0; e < p.outDim; e++) agreement[j] += votes[vote(i, j) + e] * votes[vote(k, j) + e] / root;
    double most = -INFINITY, sum = 0;
    for (const double a : agreement) most = std::max(most, a);
    for (const double a : agreement) sum += std::exp(a - most);
    for (long j = 0; j < p.parents; j++) softmax[pair(i, j)] = std::exp(agreement[j] - most) / sum;
  }
  Values couplings = softmax;
  for (std::size_t k = 0; k < bias.size(); k++) couplings[k] += bias[k];

  const long first = image * p.parents * p.outDim;
  Values dcouplings(couplings.size());
  eachVote([&](long i, long j, long e) {
    const long v = vote(i, j) + e, s = first + j * p.outDim + e;
    result.sums[s] += couplings[pair(i, j)] * votes[v];
    dvotes[v] += couplings[pair(i, j)] * dsums[s];
    dcouplings[pair(i, j)] += votes[v] * dsums[s];
  });
  for (std::size_t k = 0; k < bias.size(); k++) result.dbias[k] += dcouplings[k];
  for (long i = 0; i < p.children; i++) {
    double mean = 0;
    for (long j = 0; j < p.parents; j++) mean += softmax[pair(i, j)] * dcouplings[pair(i, j)];
    for (long j = 0; j < p.parents; j++) {
      const double dagreement = softmax[pair(i, j)] * (dcouplings[pair(i, j)] - mean);
      for (long k = 0; k < p.children; k++)
        for (long e = 0; e < p.outDim; e++) {
          dvotes[vote(i, j) + e] += dagreement * votes[vote(k, j) + e] / root;
          dvotes[vote(k, j) + e] += dagreement * votes[vote(i, j) + e] / root;
        }
    }
  }
  eachWeight([&](long ofU, long w, long v) {
    result.du[ofU] += dvotes[v] * weight[w];
    result.dweight[w] += u[ofU] * dvotes[v];
  });
}

Result expectedOf(const VotesProblem& p, const Values& u, const Values& weight, const Values& bias, const Values& dsums) {
  Result result{Values(dsums.size()), Values(u.size()), Values(weight.size()), Values(bias.size())};
  for (long image = 0; image < p.batch; image++) ofImage(p, image, u, weight, bias, dsums, result);
  return result;
}

Result foundBy(const VotesProblem& p, const Values& u, const Values& weight, const Values& bias, const Values& dsums) {
  const Kernels& kernels = tested();
  const Memory inputs(u, anywhere), weights(weight, anywhere), biases(bias, anywhere), gradient(dsums, anywhere);
  const Memory sums(dsums.size(), anywhere);
  const float* biasData = bias.empty() ? nullptr : biases.data();
  {
    const Memory scratch(kernels.selfAttentionScratchFloats(p), kernels.alignment);
    kernels.selfAttention(p, inputs.data(), weights.data(), biasData, sums.data(), scratch.data());
  }
  const Memory du(u.size(), anywhere), dweight(weight.size(), anywhere), dbias(bias.size(), anywhere);
  const Memory scratch(kernels.selfAttentionGradientScratchFloats(p), kernels.alignment);
  kernels.selfAttentionGradient(p, inputs.data(), weights.data(), biasData, gradient.data(), du.data(), dweight.data(),
                                bias.empty() ? nullptr : dbias.data(), scratch.data());
  return {sums.values(), du.values(), dweight.values(), dbias.values()};
}

/** That the gradient above is right. */
void testReference() {
  Random random(14);
  const VotesProblem p{2, 4, 3, 2, 3};
  const Values u = random.numbers(16), weight = random.numbers(72), bias = random.numbers(12), ds = random.numbers(18);
  const Result result = expectedOf(p, u, weight, bias, ds);
  expectClose("the test's du of self-attention", result.du,
              slopesOf(u, ds, [&](auto& x) { return expectedOf(p, x, weight, bias, ds).sums; }), 1e-6);
  expectClose("the test's dweight of self-attention", result.dweight,
              slopesOf(weight, ds, [&](auto& x) { return expectedOf(p, u, x, bias, ds).sums; }), 1e-6);
  expectClose("the test's dbias of self-attention", result.dbias,
              slopesOf(bias, ds, [&](auto& x) { return expectedOf(p, u, weight, x, ds).sums; }), 1e-6);
}

/** @param length of the lower capsules: where they are long, agreements are far apart, and have fewer digits */
void testProblem(const VotesProblem& p, bool hasBias, Random& random, double length = 1) {
  Values u = random.numbers(p.batch * p.children * p.inDim, length);
  // Some lower capsules have no length.
  for (long capsule = 0; capsule < p.batch * p.children; capsule++)
    if (random.whole(0, 9) == 0) std::fill_n(u.begin() + capsule * p.inDim, p.inDim, 0.);
  const Values weight = random.numbers(p.children * p.parents * p.inDim * p.outDim);
  const Values bias = random.numbers(hasBias ? p.children * p.parents : 0);
  const Values dsums = random.numbers(p.batch * p.parents * p.outDim);
  const Result expected = expectedOf(p, u, weight, bias, dsums), found = foundBy(p, u, weight, bias, dsums);
  const std::string name = "self-attention of batch " + std::to_string(p.batch) + ", " + std::to_string(p.children) + " x " +
                           std::to_string(p.inDim) + " to " + std::to_string(p.parents) + " x " +
                           std::to_string(p.outDim) + (hasBias ? ", bias" : "");
  expectClose(name + ": sums", found.sums, expected.sums, 2e-5 * length);
  expectClose(name + ": du", found.du, expected.du, 1e-4 * length);
  expectClose(name + ": dweight", found.dweight, expected.dweight, 1e-4 * length);
  expectClose(name + ": dbias", found.dbias, expected.dbias, 1e-4 * length);
}

/** What is NaN of one image is NaN in all that it has a part in, and other images have their own bits. */
void testNotANumber() {
  Random random(15);
  const VotesProblem p{19, 5, 3, 4, 6};
  Values u = random.numbers(p.batch * p.children * p.inDim);
  const Values weight = random.numbers(p.children * p.parents * p.inDim * p.outDim);
  const Values dsums = random.numbers(p.batch * p.parents * p.outDim);
  const Result numbers = foundBy(p, u, weight, {}, dsums);
  const long image = 17, ofSums = p.parents * p.outDim, ofU = p.children * p.inDim;
  u[image * ofU + 3] = NAN;
  const Result found = foundBy(p, u, weight, {}, dsums);
  const auto expectImages = [&](const Values& found, const Values& numbers, long ofImage) {
    for (std::size_t k = 0; k < found.size(); k++)
      expect((long)k / ofImage == image ? std::isnan(found[k]) : found[k] == numbers[k], "self-attention of NaN");
  };
  expectImages(found.sums, numbers.sums, ofSums);
  expectImages(found.du, numbers.du, ofU);
  for (const double each : found.dweight) expect(std::isnan(each), "self-attention's dweight of NaN is a number");
}

}  // namespace

void testSelfAttention(long problems) {
  testReference();
  testNotANumber();
  Random random(16);
  for (long problem = 0; problem < problems; problem++) {
    const VotesProblem p{random.whole(1, 40), random.whole(1, 24), random.oneOf({1, 2, 5, 10}),
                         random.oneOf({1, 3, 8, 16, 20}), random.oneOf({1, 3, 8, 16, 20})};
    testProblem(p, random.coin(), random);
  }
  // No image, one image, one of everything, and a batch that fills its lanes
  testProblem({0, 7, 3, 5, 4}, true, random);
  testProblem({1, 7, 3, 5, 4}, true, random);
  testProblem({1, 1, 1, 1, 1}, false, random);
  testProblem({32, 5, 4, 8, 16}, true, random);
  // Agreements whose exponentials no float holds
  testProblem({19, 12, 5, 8, 16}, true, random, 10);
}
