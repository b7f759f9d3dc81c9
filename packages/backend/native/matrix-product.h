// The product of matrices whose right side and result consist of lanes. Everything large here ends in it.
#pragma once
#include "lanes.h"

namespace INSTRUCTION_SET {

/** Where the numbers of a matrix [k, m] lie. The index k may go in two strides: k = outer * inners + inner. */
struct Left {
  const float* at;
  long alongM, alongInner, alongOuter;
};

/** Where the lanes of a matrix [k, n] lie, n counting vectors of lanes, and strides too. */
struct Right {
  Right(const Lanes* at, long alongK, long alongN) : Right((const float*)at, alongK, alongN) {}
  Right(const float* at, long alongK, long alongN) : at((const LooseLanes*)at), alongK(alongK), alongN(alongN) {}
  const LooseLanes* at;
  long alongK, alongN;
};

/** Where the lanes of a matrix [m, n] lie. */
struct Result {
  Result(Lanes* at, long alongM, long alongN) : Result((float*)at, alongM, alongN) {}
  Result(float* at, long alongM, long alongN) : at((LooseLanes*)at), alongM(alongM), alongN(alongN) {}
  LooseLanes* at;
  long alongM, alongN;
};

/** M x N sums that stay in registers while k runs. */
template <int M, int N, bool adds>
static inline __attribute__((always_inline)) void tile(Left a, Right b, Result c, long outers, long inners) {
  Lanes sums[M][N];
#pragma GCC unroll 16
  for (int m = 0; m < M; m++)
#pragma GCC unroll 4
    for (int n = 0; n < N; n++) sums[m][n] = adds ? c.at[m * c.alongM + n * c.alongN] : Lanes{};
  const LooseLanes* right = b.at;
  for (long outer = 0; outer < outers; outer++) {
    const float* left = a.at + outer * a.alongOuter;
    for (long inner = 0; inner < inners; inner++) {
      Lanes y[N];
#pragma GCC unroll 4
      for (int n = 0; n < N; n++) y[n] = right[n * b.alongN];
#pragma GCC unroll 16
      for (int m = 0; m < M; m++) {
        const Lanes x = broadcast(left[m * a.alongM]);
#pragma GCC unroll 4
        for (int n = 0; n < N; n++) sums[m][n] += x * y[n];
      }
      left += a.alongInner;
      right += b.alongK;
    }
  }
#pragma GCC unroll 16
  for (int m = 0; m < M; m++)
#pragma GCC unroll 4
    for (int n = 0; n < N; n++) c.at[m * c.alongM + n * c.alongN] = sums[m][n];
}

/** As many rows of sums as registers hold beside N columns: there are 16 in AVX2 and SSE, 32 elsewhere. */
#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int tileRows = 9;
#else
constexpr int tileRows = 6;
#endif

/** A tile of m rows, at most M. */
template <int M, int N, bool adds>
static inline void rows(Left a, Right b, Result c, long m, long outers, long inners) {
  if (m == M) return tile<M, N, adds>(a, b, c, outers, inners);
  if constexpr (M > 1) rows<M - 1, N, adds>(a, b, c, m, outers, inners);
}

/** In tiles of as equal a height as can be: a low one reads as much of b as a high one, for fewer products. */
template <int N, bool adds>
static inline void column(Left a, Right b, Result c, long m, long outers, long inners) {
  for (long tiles = (m + tileRows - 1) / tileRows; tiles > 0; tiles--) {
    const long height = (m + tiles - 1) / tiles;
    rows<tileRows, N, adds>(a, b, c, height, outers, inners);
    a.at += height * a.alongM;
    c.at += height * c.alongM;
    m -= height;
  }
}

/** c[m, n] = sum over k of a[k, m] b[k, n], or c += that. With k = outers * inners; n counts vectors of lanes. */
template <bool adds = false>
static inline void product(Left a, Right b, Result c, long m, long n, long outers, long inners) {
  for (; n >= 2; n -= 2) {
    column<2, adds>(a, b, c, m, outers, inners);
    b.at += 2 * b.alongN;
    c.at += 2 * c.alongN;
  }
  if (n == 1) column<1, adds>(a, b, c, m, outers, inners);
}

}  // namespace INSTRUCTION_SET
