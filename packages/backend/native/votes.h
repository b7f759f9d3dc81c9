// Votes uhat_ij = u_i W_ij of one child for all parents, and what their gradient hands down:
//
//   du_i = duhat_ij W_ij^T, summed over the parents      dW_ij = u_i^T duhat_ij, summed over the batch
#pragma once
#include "kernels.h"
#include "matrix-product.h"
#include "parallel.h"
#include "squash.h"

namespace INSTRUCTION_SET {

/** How the capsules of a batch lie in blocks of `width` images: u [block][child][inDim]. */
struct VotesLayout {
  const VotesProblem& p;
  const long blocks = (p.batch + width - 1) / width;
  const long votes = p.parents * p.outDim;
  const long uLanes = blocks * p.children * p.inDim;
  const long columns = (votes + width - 1) / width * width;  // votes of one image as whole vectors
  /** What a worker needs for `votesGradient`, in lanes. */
  const long ofGradient = p.inDim + blocks * columns + p.inDim * columns / width;

  long rows(long block) const {
    const long left = p.batch - block * width;
    return left < width ? left : width;
  }
  template <typename L>
  L* u(L* all, long block, long child) const {
    return all + (block * p.children + child) * p.inDim;
  }
};

/** u [batch, children, inDim] -> lanes, of children from ... to - 1 of one block. */
static inline void layOut(const VotesLayout& l, const float* u, long block, long from, long to, Lanes* lanes) {
  const long image = l.p.children * l.p.inDim;
  intoLanes(u + block * width * image + from * l.p.inDim, l.rows(block), image, (to - from) * l.p.inDim,
            l.u(lanes, block, from));
}

/** [parent][outDim] of one child */
static inline void votesOf(const VotesProblem& p, const Lanes* u, const float* weight, Lanes* votes) {
  for (long j = 0; j < p.parents; j++) {
    const Left w{weight + j * p.inDim * p.outDim, 1, p.outDim, 0};
    product(w, {u, 1, 0}, {votes + j * p.outDim, 1, 0}, p.outDim, 1, 1, p.inDim);
  }
}

/** The softmax over the parents of how far one child's votes agree with what is given for each, [parent][outDim]. */
static inline void couple(const VotesProblem& p, const Lanes* votes, const Lanes* with, Lanes* couplings) {
  Lanes most = broadcast(-__builtin_inff());
  for (long j = 0; j < p.parents; j++) {
    couplings[j] = dot(votes + j * p.outDim, with + j * p.outDim, p.outDim);
    most = larger(couplings[j], most);
  }
  Lanes sum{};
  for (long j = 0; j < p.parents; j++) sum += couplings[j] = exponential(couplings[j] - most);
  const Lanes factor = 1 / sum;
  for (long j = 0; j < p.parents; j++) couplings[j] *= factor;
}

/**
 * The gradients of one child and its weights.
 *
 * @param dvotesOf gives the gradient of its votes in a block
 */
template <typename DVotes>
static inline void votesGradient(const VotesLayout& l, long i, const Lanes* u, const float* weight, const DVotes& dvotesOf,
                                 float* du, float* dweight, Lanes* scratch) {
  const VotesProblem& p = l.p;
  Lanes* duLanes = scratch;                               // [inDim]
  float* rows = (float*)(duLanes + p.inDim);              // duhat [image][votes]
  Lanes* dw = duLanes + p.inDim + l.blocks * l.columns;   // [inDim][votes], in vectors of votes
  const float* w = weight + i * p.inDim * l.votes;
  for (long block = 0; block < l.blocks; block++) {
    const Lanes* dvotes = dvotesOf(block);
    const Left back{w, p.outDim, 1, p.inDim * p.outDim};
    product(back, {dvotes, 1, 0}, {duLanes, 1, 0}, p.inDim, 1, p.parents, p.outDim);
    const long image = p.children * p.inDim, valid = l.rows(block);
    outOfLanes(duLanes, 1, valid, image, p.inDim, du + block * width * image + i * p.inDim);
    outOfLanes(dvotes, 1, valid, l.columns, l.votes, rows + block * width * l.columns);
  }
  // The batch is summed, so lanes are votes here.
  for (long at = l.votes; at < l.columns; at++)
    for (long image = 0; image < p.batch; image++) rows[image * l.columns + at] = 0;
  const long vectors = l.columns / width, whole = p.batch / width, rest = p.batch % width;
  const Right images{rows, vectors, 1}, last{rows + whole * width * l.columns, vectors, 1};
  const Result result{dw, vectors, 1};
  const Left children{(const float*)l.u(u, 0, i), width, 1, p.children * p.inDim * width};
  product(children, images, result, p.inDim, vectors, whole, width);
  const Left childrenOfLast{children.at + whole * children.alongOuter, width, 1, 0};
  if (rest) product<true>(childrenOfLast, last, result, p.inDim, vectors, 1, rest);
  for (long j = 0; j < p.parents; j++)
    for (long d = 0; d < p.inDim; d++)
      __builtin_memcpy(dweight + ((i * p.parents + j) * p.inDim + d) * p.outDim,
                       (const float*)dw + d * l.columns + j * p.outDim, p.outDim * sizeof(float));
}

}  // namespace INSTRUCTION_SET
