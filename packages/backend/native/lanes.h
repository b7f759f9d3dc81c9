// A vector of as many floats as the instruction set computes at once. Lanes are mostly images of a batch: what is computed
// for one image is computed for `width` of them.
#pragma once

#if defined(__AVX512F__)
#define WIDTH 16
#elif defined(__AVX2__)
#define WIDTH 8
#else
#define WIDTH 4
#endif

namespace INSTRUCTION_SET {

constexpr long width = WIDTH;

typedef float Lanes __attribute__((vector_size(4 * WIDTH)));
typedef int Integers __attribute__((vector_size(4 * WIDTH)));
/** The same anywhere in memory. */
typedef float LooseLanes __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));

static inline Lanes load(const float* from) { return *(const LooseLanes*)from; }
static inline void store(float* to, Lanes x) { *(LooseLanes*)to = x; }
/** The first `count` lanes, and 0 in the others: in all where it is below 0, as of a panel that ends behind the filters. */
static inline Lanes loadPart(const float* from, long count) {
  if (count >= width) return load(from);
  Lanes x{};
  if (count > 0) __builtin_memcpy(&x, from, count * sizeof(float));
  return x;
}

static inline void storePart(float* to, Lanes x, long count) {
  if (count >= width) return store(to, x);
  if (count > 0) __builtin_memcpy(to, &x, count * sizeof(float));
}

static inline Lanes broadcast(float x) { return x - Lanes{}; }
static inline Lanes larger(Lanes x, Lanes y) { return x > y ? x : y; }

/** max(x, 0); NaN stays NaN. */
static inline Lanes rectified(Lanes x) { return x < 0 ? Lanes{} : x; }

static inline Lanes squareRoot(Lanes x) {
  for (int lane = 0; lane < WIDTH; lane++) x[lane] = __builtin_sqrtf(x[lane]);
  return x;
}

/** e^x = 2^n e^r, with n the integer nearest to x / log 2, and a polynomial for e^r (Cephes' expf). NaN stays NaN. */
static inline Lanes exponential(Lanes x) {
  const Lanes most = broadcast(88.3f), least = broadcast(-87.3f);
  x = x > most ? most : x;
  x = x < least ? least : x;
  const Lanes shift = broadcast(12582912.f);  // 1.5 * 2^23: added to a small number it leaves the nearest integer
  const Lanes n = (x * 1.44269504f + shift) - shift;
  const Lanes r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Lanes p = broadcast(1.9875691500e-4f);
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.f;
  const Integers exponent = (__builtin_convertvector(n, Integers) + 127) << 23;
  return p * (Lanes)exponent;
}

#if WIDTH == 16
#define INTERLEAVED(first, second, from) \
  __builtin_shuffle(first, second, Integers{from, from + 16, from + 1, from + 17, from + 2, from + 18, from + 3, from + 19, \
                                            from + 4, from + 20, from + 5, from + 21, from + 6, from + 22, from + 7, from + 23})
#elif WIDTH == 8
#define INTERLEAVED(first, second, from) \
  __builtin_shuffle(first, second, Integers{from, from + 8, from + 1, from + 9, from + 2, from + 10, from + 3, from + 11})
#else
#define INTERLEAVED(first, second, from) __builtin_shuffle(first, second, Integers{from, from + 4, from + 1, from + 5})
#endif

/** Transposes a square: lane c of row r becomes lane r of row c. Each round interleaves rows that lie half of them apart. */
static inline void transpose(Lanes rows[WIDTH]) {
  Lanes other[WIDTH];
  Lanes *from = rows, *to = other;
#pragma GCC unroll 4
  for (int size = 1; size < WIDTH; size *= 2) {
#pragma GCC unroll 8
    for (int row = 0; row < WIDTH / 2; row++) {
      to[2 * row] = INTERLEAVED(from[row], from[row + WIDTH / 2], 0);
      to[2 * row + 1] = INTERLEAVED(from[row], from[row + WIDTH / 2], WIDTH / 2);
    }
    Lanes* spare = from;
    from = to;
    to = spare;
  }
  if (from != rows)
#pragma GCC unroll 16
    for (int row = 0; row < WIDTH; row++) rows[row] = from[row];
}
#undef INTERLEAVED

/**
 * Rows of numbers -> lanes: number c of row r becomes lane r of out[c * step]. Lanes without a row are 0.
 *
 * @param rows   how many there are, at most `width`
 * @param stride from one row to the next
 * @param step   from one number's lanes to the next one's
 */
static inline void intoLanes(const float* x, long rows, long stride, long count, Lanes* out, long step = 1) {
  for (long c = 0; c < count; c += width) {
    const long left = count - c;
    Lanes square[WIDTH];
    if (rows == width && left >= width) {
#pragma GCC unroll 16
      for (int row = 0; row < WIDTH; row++) square[row] = load(x + row * stride + c);
    } else {
      for (int row = 0; row < WIDTH; row++) square[row] = row < rows ? loadPart(x + row * stride + c, left) : Lanes{};
    }
    transpose(square);
    const long whole = left < width ? left : width;
    for (long k = 0; k < whole; k++) out[(c + k) * step] = square[k];
  }
}

/** The reverse of {@link intoLanes}; nothing is written for lanes without a row. */
static inline void outOfLanes(const Lanes* lanes, long step, long rows, long stride, long count, float* out) {
  for (long c = 0; c < count; c += width) {
    const long left = count - c, whole = left < width ? left : width;
    Lanes square[WIDTH];
    for (long k = 0; k < width; k++) square[k] = k < whole ? lanes[(c + k) * step] : Lanes{};
    transpose(square);
    if (rows == width && left >= width) {
#pragma GCC unroll 16
      for (int row = 0; row < WIDTH; row++) store(out + row * stride + c, square[row]);
    } else {
      for (long row = 0; row < rows; row++) storePart(out + row * stride + c, square[row], left);
    }
  }
}

}  // namespace INSTRUCTION_SET
