// Self-attention routing (Mazzia and others 2021) and its gradient, for `width` images at a time.
//
//   S_j = sum of uhat_ij over the children / sqrt(outDim)      a_ij = uhat_ij . S_j
//   c_ij = softmax of a over the parents + B_ij                s_j = sum_i c_ij uhat_ij
//
// and backward, with ds given and p the softmax alone:
//
//   dc_ij = uhat_ij . ds_j      dB_ij = sum of dc over the batch      da_ij = p_ij (dc_ij - sum over parents of p dc)
//   duhat_ij = c_ij ds_j + da_ij S_j + D_j,      D_j = sum_k da_kj uhat_kj / sqrt(outDim)
#pragma once
#include "votes.h"

namespace INSTRUCTION_SET {
namespace selfAttention {

/** Of one block: votes [child][parent][outDim], S [parent][outDim], p [child][parent]. */
struct Layout : VotesLayout {
  const long totals = p.children * votes;
  const long softmax = totals + votes;
  const long ofBlock = softmax + p.children * p.parents;
};

/** Votes, S and p of a block, from u. */
static inline void attend(const Layout& l, const float* u, const float* weight, long block, Lanes* uLanes, Lanes* all) {
  const VotesProblem& p = l.p;
  layOut(l, u, block, 0, p.children, uLanes);
  Lanes *total = all + l.totals, *softmax = all + l.softmax;
  for (long e = 0; e < l.votes; e++) total[e] = Lanes{};
  for (long i = 0; i < p.children; i++) {
    Lanes* votes = all + i * l.votes;
    votesOf(p, l.u(uLanes, block, i), weight + i * p.inDim * l.votes, votes);
    for (long e = 0; e < l.votes; e++) total[e] += votes[e];
  }
  const float factor = 1 / __builtin_sqrtf(p.outDim);
  for (long e = 0; e < l.votes; e++) total[e] *= factor;
  for (long i = 0; i < p.children; i++) couple(p, all + i * l.votes, total, softmax + i * p.parents);
}

static long scratchFloats(const VotesProblem& p) {
  const Layout l{{p}};
  return (l.uLanes + l.blocks * (l.ofBlock + l.votes)) * width;
}

/** @param bias [children, parents] or null */
static void route(const VotesProblem& p, const float* u, const float* weight, const float* bias, float* sums,
                  float* scratch) {
  const Layout l{{p}};
  Lanes* uLanes = (Lanes*)scratch;
  parallel(l.blocks, [&](long block, long) {
    Lanes* all = uLanes + l.uLanes + block * (l.ofBlock + l.votes);
    attend(l, u, weight, block, uLanes, all);
    Lanes* s = all + l.ofBlock;
    for (long e = 0; e < l.votes; e++) s[e] = Lanes{};
    for (long i = 0; i < p.children; i++) {
      for (long j = 0; j < p.parents; j++) {
        Lanes c = all[l.softmax + i * p.parents + j];
        if (bias) c += bias[i * p.parents + j];
        for (long e = j * p.outDim; e < (j + 1) * p.outDim; e++) s[e] += c * all[i * l.votes + e];
      }
    }
    outOfLanes(s, 1, l.rows(block), l.votes, l.votes, sums + block * width * l.votes);
  });
}

static long gradientScratchFloats(const VotesProblem& p) {
  const Layout l{{p}};
  const long couplings = p.children * p.parents;
  return (l.uLanes + l.blocks * (l.ofBlock + 2 * l.votes + couplings) + workers() * l.ofGradient) * width;
}

static void gradient(const VotesProblem& p, const float* u, const float* weight, const float* bias, const float* dsums,
                     float* du, float* dweight, float* dbias, float* scratch) {
  const Layout l{{p}};
  const long couplings = p.children * p.parents, ofBlock = l.ofBlock + 2 * l.votes + couplings;
  Lanes *uLanes = (Lanes*)scratch, *blocks = uLanes + l.uLanes, *ofWorkers = blocks + l.blocks * ofBlock;
  parallel(l.blocks, [&](long block, long) {
    Lanes* all = blocks + block * ofBlock;
    attend(l, u, weight, block, uLanes, all);
    Lanes *ds = all + l.ofBlock, *shared = ds + l.votes, *dc = shared + l.votes;  // shared is D
    intoLanes(dsums + block * width * l.votes, l.rows(block), l.votes, l.votes, ds);
    for (long e = 0; e < l.votes; e++) shared[e] = Lanes{};
    const Lanes *total = all + l.totals, *softmax = all + l.softmax;
    const float factor = 1 / __builtin_sqrtf(p.outDim);
    for (long i = 0; i < p.children; i++) {
      Lanes sum{};
      for (long j = 0; j < p.parents; j++) {
        const long at = i * p.parents + j;
        dc[at] = dot(all + i * l.votes + j * p.outDim, ds + j * p.outDim, p.outDim);
        sum += softmax[at] * dc[at];
      }
      for (long j = 0; j < p.parents; j++) {
        const Lanes da = softmax[i * p.parents + j] * (dc[i * p.parents + j] - sum) * factor;
        for (long e = j * p.outDim; e < (j + 1) * p.outDim; e++) shared[e] += da * all[i * l.votes + e];
      }
    }
    // duhat takes the place of the votes.
    for (long i = 0; i < p.children; i++) {
      Lanes sum{};
      for (long j = 0; j < p.parents; j++) sum += softmax[i * p.parents + j] * dc[i * p.parents + j];
      for (long j = 0; j < p.parents; j++) {
        const long at = i * p.parents + j;
        const Lanes da = softmax[at] * (dc[at] - sum), c = bias ? softmax[at] + bias[at] : softmax[at];
        for (long e = j * p.outDim; e < (j + 1) * p.outDim; e++)
          all[i * l.votes + e] = c * ds[e] + da * total[e] + shared[e];
      }
    }
  });
  parallel(p.children, [&](long i, long worker) {
    const auto dvotesOf = [&](long block) { return blocks + block * ofBlock + i * l.votes; };
    votesGradient(l, i, uLanes, weight, dvotesOf, du, dweight, ofWorkers + worker * l.ofGradient);
    if (!dbias) return;
    for (long j = 0; j < p.parents; j++) {
      float sum = 0;
      for (long image = 0; image < p.batch; image++)
        sum += blocks[image / width * ofBlock + l.ofBlock + 2 * l.votes + i * p.parents + j][image % width];
      dbias[i * p.parents + j] = sum;
    }
  });
}

}  // namespace selfAttention
}  // namespace INSTRUCTION_SET
