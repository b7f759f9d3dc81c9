// Dynamic routing (the paper's procedure 1) and its gradient, for `width` images at a time.
//
//   votes       uhat_ij = u_i W_ij
//   logits      b_ij = uhat_ij . h_j          with h_j = sum of the v_j of all earlier iterations: what has been heard so far
//   couplings   c = softmax of b, over the parents j or over the children i; even in the first iteration
//   sums        s_j = sum_i c_ij uhat_ij + bias_j
//   capsules    v_j = squash(s_j)
//
// Votes are made when they are needed and forgotten at once: all of them would take 94 MB for the paper's network at batch
// 128. Backward, with ds = the gradient of s, which squash and dv give:
//
//   dc_ij = uhat_ij . ds_j
//   db_ij = c_ij (dc_ij - sum of c dc over what the softmax is over)
//   dh_j = sum_i db_ij uhat_ij                 which every earlier iteration's v_j receives
//   duhat_ij = sum over iterations of c_ij ds_j + db_ij h_j,   du_i = duhat_ij W_ij^T,   dW_ij = u_i^T duhat_ij
#pragma once
#include "kernels.h"
#include "votes.h"

namespace INSTRUCTION_SET {

/** Children are summed in parts of a size that does not depend on the number of threads: so results do not either. */
constexpr long partsOfBatch = 16;

struct RoutingLayout : VotesLayout {
  const RoutingProblem& p;
  const long parts = smallest(p.children, (partsOfBatch + blocks - 1) / (blocks > 0 ? blocks : 1));

  // What forward leaves for backward: u, and
  const long sumLanes = p.iterations * blocks * votes;  // s       [iteration][block][parent][outDim]
  const long endLanes = p.overParents ? 0 : p.iterations * blocks * 2 * p.parents;  // largest b and 1 / sum of e^(b - it)

  // One part's share of the sums, and of what a softmax over children needs
  const long partLanes = votes + 2 * p.parents;

  explicit RoutingLayout(const RoutingProblem& p) : VotesLayout{p}, p(p) {}

  long firstChild(long part) const { return part * p.children / parts; }
  Lanes* sums(Lanes* saved, long iteration, long block) const {
    return saved + uLanes + (iteration * blocks + block) * votes;
  }
  Lanes* ends(Lanes* saved, long iteration, long block) const {
    return saved + uLanes + sumLanes + (iteration * blocks + block) * 2 * p.parents;
  }

 private:
  static long smallest(long x, long y) { return x < y ? x : y; }
};

/** The couplings of one child where the softmax is over the children, whose ends are known. */
static inline void coupleOverChildren(
    const RoutingProblem& p, const Lanes* votes, const Lanes* heard, const Lanes* ends, Lanes* couplings) {
  for (long j = 0; j < p.parents; j++) {
    const Lanes b = dot(votes + j * p.outDim, heard + j * p.outDim, p.outDim);
    couplings[j] = exponential(b - ends[j]) * ends[p.parents + j];
  }
}

/** What these children add to the sums, before it is scaled. `heard` is null in the first iteration. */
static inline void sumPart(const RoutingLayout& l, const float* weight, Lanes* saved, const Lanes* heard, long block,
                           long part, Lanes* sums, Lanes* votes, Lanes* couplings) {
  const RoutingProblem& p = l.p;
  Lanes *most = sums + l.votes, *total = most + p.parents;
  for (long k = 0; k < l.partLanes; k++) sums[k] = Lanes{};
  for (long j = 0; j < p.parents; j++) most[j] = broadcast(-__builtin_inff());
  for (long i = l.firstChild(part); i < l.firstChild(part + 1); i++) {
    const Lanes* u = l.u(saved, block, i);
    const float* w = weight + i * p.parents * p.inDim * p.outDim;
    if (!heard) {
      for (long j = 0; j < p.parents; j++) {
        const Left wj{w + j * p.inDim * p.outDim, 1, p.outDim, 0};
        product<true>(wj, {u, 1, 0}, {sums + j * p.outDim, 1, 0}, p.outDim, 1, 1, p.inDim);
      }
      continue;
    }
    votesOf(p, u, w, votes);
    if (p.overParents) {
      couple(p, votes, heard, couplings);
      for (long j = 0; j < p.parents; j++)
        for (long e = j * p.outDim; e < (j + 1) * p.outDim; e++) sums[e] += couplings[j] * votes[e];
    } else {
      // The largest logit is not known yet: what was summed is scaled down whenever a larger one comes.
      for (long j = 0; j < p.parents; j++) {
        const Lanes b = dot(votes + j * p.outDim, heard + j * p.outDim, p.outDim);
        const Lanes now = larger(b, most[j]);
        const Lanes kept = exponential(most[j] - now), added = exponential(b - now);
        most[j] = now;
        total[j] = kept * total[j] + added;
        for (long e = j * p.outDim; e < (j + 1) * p.outDim; e++) sums[e] = kept * sums[e] + added * votes[e];
      }
    }
  }
}

/** Adds up the parts, and notes the ends of a softmax over children. */
static inline void addParts(const RoutingLayout& l, const Lanes* parts, bool first, Lanes* sums, Lanes* ends) {
  const RoutingProblem& p = l.p;
  for (long e = 0; e < l.votes; e++) sums[e] = Lanes{};
  for (long j = 0; j < p.parents; j++) {
    Lanes most = broadcast(-__builtin_inff()), total{};
    if (!first && !p.overParents)
      for (long part = 0; part < l.parts; part++) most = larger(parts[part * l.partLanes + l.votes + j], most);
    for (long part = 0; part < l.parts; part++) {
      const Lanes* one = parts + part * l.partLanes;
      Lanes scale = broadcast(1);
      if (!first && !p.overParents) {
        scale = exponential(one[l.votes + j] - most);
        total += scale * one[l.votes + p.parents + j];
      }
      for (long e = j * p.outDim; e < (j + 1) * p.outDim; e++) sums[e] += scale * one[e];
    }
    Lanes factor = broadcast(1);
    if (first) factor = broadcast(1.f / (p.overParents ? p.parents : p.children));
    else if (!p.overParents) {
      factor = 1 / total;
      ends[j] = most;
      ends[p.parents + j] = factor;
    }
    for (long e = j * p.outDim; e < (j + 1) * p.outDim; e++) sums[e] *= factor;
  }
}

static long routingSavedFloats(const RoutingProblem& p) {
  const RoutingLayout l(p);
  return (l.uLanes + l.sumLanes + l.endLanes) * width;
}

static long routingScratchFloats(const RoutingProblem& p) {
  const RoutingLayout l(p);
  return (l.blocks * (l.parts * l.partLanes + l.votes) + workers() * (l.votes + p.parents)) * width;
}

static void route(const RoutingProblem& p, const float* u, const float* weight, const float* bias, float* capsules,
                  float* savedFloats, float* scratch) {
  const RoutingLayout l(p);
  Lanes* saved = (Lanes*)savedFloats;
  Lanes* parts = (Lanes*)scratch;                                      // [block][part][partLanes]
  Lanes* heard = parts + l.blocks * l.parts * l.partLanes;             // [block][parent][outDim]
  Lanes* ofWorkers = heard + l.blocks * l.votes;                       // [worker][votes, couplings]

  parallel(l.blocks * l.parts, [&](long task, long) {
    const long block = task / l.parts, from = l.firstChild(task % l.parts), to = l.firstChild(task % l.parts + 1);
    layOut(l, u, block, from, to, saved);
  });
  for (long t = 0; t < p.iterations; t++) {
    parallel(l.blocks * l.parts, [&](long task, long worker) {
      const long block = task / l.parts, part = task % l.parts;
      Lanes* votes = ofWorkers + worker * (l.votes + p.parents);
      sumPart(l, weight, saved, t > 0 ? heard + block * l.votes : nullptr, block, part, parts + task * l.partLanes, votes,
              votes + l.votes);
    });
    parallel(l.blocks, [&](long block, long) {
      Lanes* sums = l.sums(saved, t, block);
      addParts(l, parts + block * l.parts * l.partLanes, t == 0, sums, l.ends(saved, t, block));
      if (bias)
        for (long e = 0; e < l.votes; e++) sums[e] += bias[e];
      Lanes* v = parts + block * l.parts * l.partLanes;  // the parts have been added up: there is room
      for (long j = 0; j < p.parents; j++) squash(sums + j * p.outDim, p.outDim, p.epsilon, v + j * p.outDim);
      Lanes* h = heard + block * l.votes;
      for (long e = 0; e < l.votes; e++) h[e] = t > 0 ? h[e] + v[e] : v[e];
      if (t == p.iterations - 1)
        outOfLanes(v, 1, l.rows(block), l.votes, l.votes, capsules + block * width * l.votes);
    });
  }
}

/** What a worker needs for the gradient, in lanes. */
static inline long routingOfWorker(const RoutingLayout& l) {
  return 2 * l.votes + 2 * l.p.parents + l.ofGradient;
}

static long routingGradientScratchFloats(const RoutingProblem& p) {
  const RoutingLayout l(p);
  const long small = l.blocks * l.votes;
  return ((2 * p.iterations + 1) * small + l.blocks * p.iterations * p.parents + small * l.parts +
          workers() * routingOfWorker(l)) *
         width;
}

static void routeGradient(const RoutingProblem& p, const float* weight, const float* bias, const float* savedFloats,
                          const float* dcapsules, float* du, float* dweight, float* dbias, float* scratch) {
  const RoutingLayout l(p);
  Lanes* saved = (Lanes*)savedFloats;
  const long small = l.blocks * l.votes, ofWorker = routingOfWorker(l);
  Lanes* heard = (Lanes*)scratch;                         // h    [iteration][block][votes]; of the first nothing
  Lanes* dsums = heard + p.iterations * small;            // ds   [iteration][block][votes]
  Lanes* dcapsule = dsums + p.iterations * small;         // dv   [block][votes], of the iteration at hand
  Lanes* received = dcapsule + small;                     // sum of c dc over the children [iteration][block][parent]
  Lanes* parts = received + p.iterations * l.blocks * p.parents;  // dh [block][part][votes]
  Lanes* ofWorkers = parts + small * l.parts;
  const auto couplingsAt = [&](long t, long block, const Lanes* votes, Lanes* couplings) {
    const Lanes* h = heard + (t * l.blocks + block) * l.votes;
    if (p.overParents) couple(p, votes, h, couplings);
    else coupleOverChildren(p, votes, h, l.ends(saved, t, block), couplings);
  };
  /** db of one child, in place of its dc. */
  const auto throughSoftmax = [&](long t, long block, const Lanes* couplings, Lanes* dlogits) {
    Lanes sum{};
    for (long j = 0; j < p.parents; j++) sum += couplings[j] * dlogits[j];
    const Lanes* ofParents = received + (t * l.blocks + block) * p.parents;
    for (long j = 0; j < p.parents; j++)
      dlogits[j] = couplings[j] * (dlogits[j] - (p.overParents ? sum : ofParents[j]));
  };

  parallel(l.blocks, [&](long block, long) {
    for (long t = 1; t < p.iterations; t++) {
      Lanes *h = heard + (t * l.blocks + block) * l.votes, *before = h - small;
      for (long j = 0; j < p.parents; j++)
        squash(l.sums(saved, t - 1, block) + j * p.outDim, p.outDim, p.epsilon, h + j * p.outDim);
      if (t > 1)
        for (long e = 0; e < l.votes; e++) h[e] += before[e];
    }
    intoLanes(dcapsules + block * width * l.votes, l.rows(block), l.votes, l.votes, dcapsule + block * l.votes);
  });

  const long earliest = p.full ? 0 : p.iterations - 1;
  for (long t = p.iterations - 1;; t--) {
    parallel(l.blocks, [&](long block, long) {
      const Lanes* s = l.sums(saved, t, block);
      Lanes* ds = dsums + (t * l.blocks + block) * l.votes;
      for (long j = 0; j < p.parents; j++) {
        const long at = j * p.outDim;
        squashGradient(s + at, dcapsule + block * l.votes + at, p.outDim, p.epsilon, ds + at);
        // sum over i of c_ij dc_ij = (s_j without its bias) . ds_j
        Lanes sum{};
        for (long e = at; e < at + p.outDim; e++) sum += (bias ? s[e] - bias[e] : s[e]) * ds[e];
        received[(t * l.blocks + block) * p.parents + j] = sum;
      }
    });
    if (t == earliest) break;
    parallel(l.blocks * l.parts, [&](long task, long worker) {
      const long block = task / l.parts, part = task % l.parts;
      Lanes* votes = ofWorkers + worker * ofWorker;
      Lanes *couplings = votes + l.votes, *dlogits = couplings + p.parents, *dheard = parts + task * l.votes;
      const Lanes* ds = dsums + (t * l.blocks + block) * l.votes;
      for (long e = 0; e < l.votes; e++) dheard[e] = Lanes{};
      for (long i = l.firstChild(part); i < l.firstChild(part + 1); i++) {
        votesOf(p, l.u(saved, block, i), weight + i * p.inDim * l.votes, votes);
        couplingsAt(t, block, votes, couplings);
        for (long j = 0; j < p.parents; j++) dlogits[j] = dot(votes + j * p.outDim, ds + j * p.outDim, p.outDim);
        throughSoftmax(t, block, couplings, dlogits);
        for (long j = 0; j < p.parents; j++)
          for (long e = j * p.outDim; e < (j + 1) * p.outDim; e++) dheard[e] += dlogits[j] * votes[e];
      }
    });
    parallel(l.blocks, [&](long block, long) {
      Lanes* dv = dcapsule + block * l.votes;
      for (long e = 0; e < l.votes; e++) {
        Lanes sum{};
        for (long part = 0; part < l.parts; part++) sum += parts[(block * l.parts + part) * l.votes + e];
        // The output's own gradient is the last iteration's alone.
        dv[e] = t == p.iterations - 1 ? sum : dv[e] + sum;
      }
    });
  }

  parallel(p.children, [&](long i, long worker) {
    Lanes* votes = ofWorkers + worker * ofWorker;
    Lanes *dvotes = votes + l.votes, *couplings = dvotes + l.votes, *dlogits = couplings + p.parents;
    const auto dvotesOf = [&](long block) {
      votesOf(p, l.u(saved, block, i), weight + i * p.inDim * l.votes, votes);
      for (long t = earliest; t < p.iterations; t++) {
        const Lanes* ds = dsums + (t * l.blocks + block) * l.votes;
        const bool first = t == earliest;
        if (t == 0) {
          const float even = 1.f / (p.overParents ? p.parents : p.children);
          for (long e = 0; e < l.votes; e++) dvotes[e] = even * ds[e];
          continue;
        }
        couplingsAt(t, block, votes, couplings);
        const Lanes* h = heard + (t * l.blocks + block) * l.votes;
        if (p.full) {
          for (long j = 0; j < p.parents; j++) dlogits[j] = dot(votes + j * p.outDim, ds + j * p.outDim, p.outDim);
          throughSoftmax(t, block, couplings, dlogits);
        }
        for (long j = 0; j < p.parents; j++)
          for (long e = j * p.outDim; e < (j + 1) * p.outDim; e++) {
            Lanes d = couplings[j] * ds[e];
            if (p.full) d += dlogits[j] * h[e];
            dvotes[e] = first ? d : dvotes[e] + d;
          }
      }
      return dvotes;
    };
    votesGradient(l, i, saved, weight, dvotesOf, du, dweight, dlogits + p.parents);
  });

  if (!dbias) return;
  for (long e = 0; e < l.votes; e++) {
    float sum = 0;
    for (long t = earliest; t < p.iterations; t++)
      for (long image = 0; image < p.batch; image++)
        sum += dsums[(t * l.blocks + image / width) * l.votes + e][image % width];
    dbias[e] = sum;
  }
}

}  // namespace INSTRUCTION_SET
