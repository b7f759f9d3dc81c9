// Procedure 1 line by line in double, with all votes and all logits, and its gradient from the end back to the start.
#include <cmath>

#include "guarded-memory.h"
#include "test.h"

namespace {

struct Result {
  Values capsules, du, dweight, dbias;
};

/** The routing of one image, with all that it passes through. */
class Image {
 public:
  Image(const RoutingProblem& p, const double* u, const Values& weight, const Values& bias)
      : p(p), u(u), weight(weight), bias(bias), votes(p.children * p.parents * p.outDim) {
    for (long i = 0; i < p.children; i++)
      for (long j = 0; j < p.parents; j++)
        for (long d = 0; d < p.inDim; d++)
          for (long e = 0; e < p.outDim; e++)
            votes[vote(i, j) + e] += u[i * p.inDim + d] * weight[(vote(i, j) / p.outDim * p.inDim + d) * p.outDim + e];
    Values logits(p.children * p.parents);
    for (int t = 0; t < p.iterations; t++) {
      couplings.push_back(softmax(logits));
      sums.push_back(sumsOf(couplings[t]));
      capsules.push_back(squashed(sums[t]));
      for (long i = 0; i < p.children; i++)
        for (long j = 0; j < p.parents; j++)
          for (long e = 0; e < p.outDim; e++)
            logits[i * p.parents + j] += votes[vote(i, j) + e] * capsules[t][j * p.outDim + e];
    }
  }

  const Values& result() const { return capsules.back(); }

  /** Adds to the gradients of weight and bias, and writes that of u. */
  void backward(const double* dcapsules, double* du, Values& dweight, Values& dbias) const {
    Values dvotes(votes.size()), dlogits(p.children * p.parents), dv(dcapsules, dcapsules + p.parents * p.outDim);
    for (int t = p.iterations - 1; t >= 0; t--) {
      if (t < p.iterations - 1) {
        dv.assign(p.parents * p.outDim, 0);
        for (long i = 0; i < p.children; i++)
          for (long j = 0; j < p.parents; j++)
            for (long e = 0; e < p.outDim; e++) {
              dv[j * p.outDim + e] += dlogits[i * p.parents + j] * votes[vote(i, j) + e];
              dvotes[vote(i, j) + e] += dlogits[i * p.parents + j] * capsules[t][j * p.outDim + e];
            }
      }
      const Values ds = squashGradient(sums[t], dv);
      Values dcouplings(p.children * p.parents);
      for (long i = 0; i < p.children; i++)
        for (long j = 0; j < p.parents; j++)
          for (long e = 0; e < p.outDim; e++) {
            dcouplings[i * p.parents + j] += votes[vote(i, j) + e] * ds[j * p.outDim + e];
            dvotes[vote(i, j) + e] += couplings[t][i * p.parents + j] * ds[j * p.outDim + e];
          }
      if (!bias.empty())
        for (std::size_t e = 0; e < ds.size(); e++) dbias[e] += ds[e];
      if (!p.full) break;
      softmaxGradient(couplings[t], dcouplings, dlogits);
    }
    for (long i = 0; i < p.children; i++)
      for (long j = 0; j < p.parents; j++)
        for (long d = 0; d < p.inDim; d++)
          for (long e = 0; e < p.outDim; e++) {
            const long w = (vote(i, j) / p.outDim * p.inDim + d) * p.outDim + e;
            du[i * p.inDim + d] += dvotes[vote(i, j) + e] * weight[w];
            dweight[w] += u[i * p.inDim + d] * dvotes[vote(i, j) + e];
          }
  }

 private:
  long vote(long child, long parent) const { return (child * p.parents + parent) * p.outDim; }

  /** Calls with the place of each logit and with that of the first one that its softmax is over. */
  template <typename Use>
  void eachSoftmax(Use use) const {
    const long groups = p.overParents ? p.children : p.parents, members = p.overParents ? p.parents : p.children;
    for (long group = 0; group < groups; group++)
      use([=, this_ = this](long k) {
        return this_->p.overParents ? group * this_->p.parents + k : k * this_->p.parents + group;
      }, members);
  }

  Values softmax(const Values& logits) const {
    Values result(logits.size());
    eachSoftmax([&](auto place, long members) {
      double most = -INFINITY, sum = 0;
      for (long k = 0; k < members; k++) most = std::max(most, logits[place(k)]);
      for (long k = 0; k < members; k++) sum += std::exp(logits[place(k)] - most);
      for (long k = 0; k < members; k++) result[place(k)] = std::exp(logits[place(k)] - most) / sum;
    });
    return result;
  }

  /** Adds to the gradient of the logits. */
  void softmaxGradient(const Values& couplings, const Values& dcouplings, Values& dlogits) const {
    eachSoftmax([&](auto place, long members) {
      double mean = 0;
      for (long k = 0; k < members; k++) mean += couplings[place(k)] * dcouplings[place(k)];
      for (long k = 0; k < members; k++) dlogits[place(k)] += couplings[place(k)] * (dcouplings[place(k)] - mean);
    });
  }

  Values sumsOf(const Values& couplings) const {
    Values sums = bias.empty() ? Values(p.parents * p.outDim) : bias;
    for (long i = 0; i < p.children; i++)
      for (long j = 0; j < p.parents; j++)
        for (long e = 0; e < p.outDim; e++)
          sums[j * p.outDim + e] += couplings[i * p.parents + j] * votes[vote(i, j) + e];
    return sums;
  }

  Values squashed(const Values& sums) const {
    Values v = sums;
    for (long j = 0; j < p.parents; j++) {
      const double n = square(sums, j), factor = n / (1 + n) / std::sqrt(n + p.epsilon);
      for (long e = 0; e < p.outDim; e++) v[j * p.outDim + e] *= factor;
    }
    return v;
  }

  Values squashGradient(const Values& sums, const Values& dv) const {
    Values ds(sums.size());
    for (long j = 0; j < p.parents; j++) {
      const double n = square(sums, j), root = std::sqrt(n + p.epsilon), factor = n / (1 + n) / root;
      // The slope of the factor by n
      const double slope = 1 / ((1 + n) * (1 + n) * root) - n / (2 * (1 + n) * root * root * root);
      double along = 0;
      for (long e = 0; e < p.outDim; e++) along += sums[j * p.outDim + e] * dv[j * p.outDim + e];
      for (long e = 0; e < p.outDim; e++)
        ds[j * p.outDim + e] = factor * dv[j * p.outDim + e] + 2 * slope * along * sums[j * p.outDim + e];
    }
    return ds;
  }

  double square(const Values& sums, long parent) const {
    double n = 0;
    for (long e = 0; e < p.outDim; e++) n += sums[parent * p.outDim + e] * sums[parent * p.outDim + e];
    return n;
  }

  const RoutingProblem& p;
  const double* u;
  const Values &weight, &bias;
  Values votes;
  std::vector<Values> couplings, sums, capsules;  // of each iteration
};

Result expectedOf(const RoutingProblem& p, const Values& u, const Values& weight, const Values& bias,
                  const Values& dcapsules) {
  Result result{{}, Values(u.size()), Values(weight.size()), Values(bias.size())};
  for (long image = 0; image < p.batch; image++) {
    const long ofImage = p.children * p.inDim, higher = p.parents * p.outDim;
    const Image one(p, u.data() + image * ofImage, weight, bias);
    result.capsules.insert(result.capsules.end(), one.result().begin(), one.result().end());
    one.backward(dcapsules.data() + image * higher, result.du.data() + image * ofImage, result.dweight, result.dbias);
  }
  return result;
}

Result foundBy(const RoutingProblem& p, const Values& u, const Values& weight, const Values& bias,
               const Values& dcapsules) {
  const Kernels& kernels = tested();
  const long alignment = kernels.alignment;
  const Memory inputs(u, anywhere), weights(weight, anywhere), biases(bias, anywhere), gradient(dcapsules, anywhere);
  const Memory capsules(dcapsules.size(), anywhere), saved(kernels.routingSavedFloats(p), alignment);
  const float* biasData = bias.empty() ? nullptr : biases.data();
  {
    const Memory scratch(kernels.routingScratchFloats(p), alignment);
    kernels.route(p, inputs.data(), weights.data(), biasData, capsules.data(), saved.data(), scratch.data());
  }
  const Memory du(u.size(), anywhere), dweight(weight.size(), anywhere), dbias(bias.size(), anywhere);
  const Memory scratch(kernels.routingGradientScratchFloats(p), alignment);
  kernels.routeGradient(p, weights.data(), biasData, saved.data(), gradient.data(), du.data(), dweight.data(),
                        bias.empty() ? nullptr : dbias.data(), scratch.data());
  return {capsules.values(), du.values(), dweight.values(), dbias.values()};
}

/** That the gradient above is right. */
void testReference() {
  Random random(3);
  for (const bool overParents : {true, false}) {
    const RoutingProblem p{2, 4, 3, 2, 3, 3, overParents, true, 1e-8f};
    const Values u = random.numbers(16), weight = random.numbers(72), bias = random.numbers(9), dv = random.numbers(18);
    const Result result = expectedOf(p, u, weight, bias, dv);
    expectClose("the test's du", result.du,
                slopesOf(u, dv, [&](auto& x) { return expectedOf(p, x, weight, bias, dv).capsules; }), 1e-6);
    expectClose("the test's dweight", result.dweight,
                slopesOf(weight, dv, [&](auto& x) { return expectedOf(p, u, x, bias, dv).capsules; }), 1e-6);
    expectClose("the test's dbias", result.dbias,
                slopesOf(bias, dv, [&](auto& x) { return expectedOf(p, u, weight, x, dv).capsules; }), 1e-6);
  }
}

void testProblem(const RoutingProblem& p, bool hasBias, Random& random) {
  const Values u = random.numbers(p.batch * p.children * p.inDim);
  const Values weight = random.numbers(p.children * p.parents * p.inDim * p.outDim);
  const Values bias = random.numbers(hasBias ? p.parents * p.outDim : 0);
  const Values dcapsules = random.numbers(p.batch * p.parents * p.outDim);
  const Result expected = expectedOf(p, u, weight, bias, dcapsules), found = foundBy(p, u, weight, bias, dcapsules);
  const std::string name = "routing of batch " + std::to_string(p.batch) + ", " + std::to_string(p.children) + " x " +
                           std::to_string(p.inDim) + " to " + std::to_string(p.parents) + " x " +
                           std::to_string(p.outDim) + ", " + std::to_string(p.iterations) + " iterations over the " +
                           (p.overParents ? "parents" : "children") + ", " + (p.full ? "full" : "last") +
                           (hasBias ? ", bias" : "");
  expectClose(name + ": capsules", found.capsules, expected.capsules, 2e-5);
  expectClose(name + ": du", found.du, expected.du, 1e-4);
  expectClose(name + ": dweight", found.dweight, expected.dweight, 1e-4);
  expectClose(name + ": dbias", found.dbias, expected.dbias, 1e-4);
}

}  // namespace

void testRouting(long problems) {
  testReference();
  Random random(4);
  for (long problem = 0; problem < problems; problem++) {
    const RoutingProblem p{random.whole(1, 40), random.whole(1, 40), random.whole(1, 8), random.whole(1, 10),
                           random.whole(1, 20), (int)random.whole(1, 6), random.coin(), random.coin(), 1e-8f};
    testProblem(p, random.coin(), random);
  }
  // No image, one image, one of everything, and a batch that fills its lanes
  testProblem({0, 7, 3, 5, 4, 3, false, true, 1e-8f}, true, random);
  testProblem({1, 7, 3, 5, 4, 3, true, true, 1e-8f}, true, random);
  testProblem({1, 1, 1, 1, 1, 2, false, true, 1e-8f}, false, random);
  testProblem({32, 5, 4, 8, 16, 3, true, true, 1e-8f}, true, random);
}
