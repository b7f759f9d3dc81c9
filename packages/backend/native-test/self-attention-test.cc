#include <cmath>

#include "guarded-memory.h"
#include "test.h"

namespace {

struct Result {
  Values sums, du, dweight, dbias;
};

/** Line by line as the paper has it, and from the end back to the start. */
Result expectedOf(const VotesProblem& p, const Values& u, const Values& weight, const Values& bias,
                  const Values& dsums) {
  const long votes = p.parents * p.outDim;
  Result result{Values(p.batch * votes), Values(u.size()), Values(weight.size()), Values(bias.size())};
  for (long image = 0; image < p.batch; image++) {
    const double* ui = u.data() + image * p.children * p.inDim;
    const auto w = [&](long i, long j, long d, long e) {
      return ((i * p.parents + j) * p.inDim + d) * p.outDim + e;
    };
    const auto vote = [&](long i, long j, long e) { return i * votes + j * p.outDim + e; };
    Values vs(p.children * votes), total(votes), agreement(p.children * p.parents);
    for (long i = 0; i < p.children; i++)
      for (long j = 0; j < p.parents; j++)
        for (long e = 0; e < p.outDim; e++) {
          for (long d = 0; d < p.inDim; d++) vs[vote(i, j, e)] += ui[i * p.inDim + d] * weight[w(i, j, d, e)];
          total[j * p.outDim + e] += vs[vote(i, j, e)] / std::sqrt(p.outDim);
        }
    Values softmax(agreement.size()), couplings(agreement.size());
    for (long i = 0; i < p.children; i++) {
      double sum = 0;
      for (long j = 0; j < p.parents; j++) {
        for (long e = 0; e < p.outDim; e++) agreement[i * p.parents + j] += vs[vote(i, j, e)] * total[j * p.outDim + e];
        sum += std::exp(agreement[i * p.parents + j]);
      }
      for (long k = i * p.parents; k < (i + 1) * p.parents; k++) {
        softmax[k] = std::exp(agreement[k]) / sum;
        couplings[k] = softmax[k] + (bias.empty() ? 0 : bias[k]);
      }
    }
    const double* ds = dsums.data() + image * votes;
    Values dvs(vs.size()), dtotal(votes);
    for (long i = 0; i < p.children; i++) {
      Values dcouplings(p.parents);
      double mean = 0;
      for (long j = 0; j < p.parents; j++) {
        const double c = couplings[i * p.parents + j];
        for (long e = 0; e < p.outDim; e++) {
          result.sums[image * votes + j * p.outDim + e] += c * vs[vote(i, j, e)];
          dcouplings[j] += vs[vote(i, j, e)] * ds[j * p.outDim + e];
          dvs[vote(i, j, e)] += c * ds[j * p.outDim + e];
        }
        if (!bias.empty()) result.dbias[i * p.parents + j] += dcouplings[j];
        mean += softmax[i * p.parents + j] * dcouplings[j];
      }
      for (long j = 0; j < p.parents; j++) {
        const double dagreement = softmax[i * p.parents + j] * (dcouplings[j] - mean);
        for (long e = 0; e < p.outDim; e++) {
          dvs[vote(i, j, e)] += dagreement * total[j * p.outDim + e];
          dtotal[j * p.outDim + e] += dagreement * vs[vote(i, j, e)];
        }
      }
    }
    for (long i = 0; i < p.children; i++)
      for (long j = 0; j < p.parents; j++)
        for (long d = 0; d < p.inDim; d++)
          for (long e = 0; e < p.outDim; e++) {
            const double dvote = dvs[vote(i, j, e)] + dtotal[j * p.outDim + e] / std::sqrt(p.outDim);
            result.du[(image * p.children + i) * p.inDim + d] += dvote * weight[w(i, j, d, e)];
            result.dweight[w(i, j, d, e)] += dvote * ui[i * p.inDim + d];
          }
  }
  return result;
}

void testReference() {
  Random random(10);
  const VotesProblem p{2, 4, 3, 2, 3};
  const Values u = random.numbers(16), weight = random.numbers(72), bias = random.numbers(12), ds = random.numbers(18);
  const Result result = expectedOf(p, u, weight, bias, ds);
  const auto value = [&](const Values& u, const Values& weight, const Values& bias) {
    return dotOf(expectedOf(p, u, weight, bias, ds).sums, ds);
  };
  expectClose("the test's du", result.du, slopes(u, [&](auto& x) { return value(x, weight, bias); }), 1e-6);
  expectClose("the test's dweight", result.dweight, slopes(weight, [&](auto& x) { return value(u, x, bias); }), 1e-6);
  expectClose("the test's dbias", result.dbias, slopes(bias, [&](auto& x) { return value(u, weight, x); }), 1e-6);
}

void testProblem(const VotesProblem& p, bool hasBias, Random& random) {
  const Kernels& kernels = tested();
  const Values u = random.numbers(p.batch * p.children * p.inDim);
  const Values weight = random.numbers(p.children * p.parents * p.inDim * p.outDim, 0.5);
  const Values bias = random.numbers(hasBias ? p.children * p.parents : 0);
  const Values dsums = random.numbers(p.batch * p.parents * p.outDim);
  const Memory inputs(u, anywhere), weights(weight, anywhere), biases(bias, anywhere), gradient(dsums, anywhere);
  const float* biasData = hasBias ? biases.data() : nullptr;
  const Memory sums(dsums.size(), anywhere);
  {
    const Memory scratch(kernels.selfAttentionScratchFloats(p), kernels.alignment);
    kernels.selfAttention(p, inputs.data(), weights.data(), biasData, sums.data(), scratch.data());
  }
  const Memory du(u.size(), anywhere), dweight(weight.size(), anywhere), dbias(bias.size(), anywhere);
  const Memory scratch(kernels.selfAttentionGradientScratchFloats(p), kernels.alignment);
  kernels.selfAttentionGradient(p, inputs.data(), weights.data(), biasData, gradient.data(), du.data(), dweight.data(),
                                hasBias ? dbias.data() : nullptr, scratch.data());
  const Result expected = expectedOf(p, u, weight, bias, dsums);
  const std::string name = "self-attention of batch " + std::to_string(p.batch) + ", " + std::to_string(p.children) +
                           " x " + std::to_string(p.inDim) + " to " + std::to_string(p.parents) + " x " +
                           std::to_string(p.outDim) + (hasBias ? ", bias" : "");
  expectClose(name + ": sums", sums.values(), expected.sums, 5e-5);
  expectClose(name + ": du", du.values(), expected.du, 2e-4);
  expectClose(name + ": dweight", dweight.values(), expected.dweight, 2e-4);
  expectClose(name + ": dbias", dbias.values(), expected.dbias, 2e-4);
}

}  // namespace

void testSelfAttention(long problems) {
  testReference();
  Random random(11);
  for (long problem = 0; problem < problems; problem++)
    testProblem({random.whole(1, 40), random.whole(1, 20), random.whole(1, 8), random.whole(1, 10),
                 random.whole(1, 20)},
                random.coin(), random);
  // No image, one of everything, and a batch that fills its lanes
  testProblem({0, 7, 3, 5, 4}, true, random);
  testProblem({1, 1, 1, 1, 1}, false, random);
  testProblem({32, 5, 4, 8, 16}, true, random);
}
