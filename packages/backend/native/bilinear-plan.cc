#include "bilinear-plan-memory.h"

namespace {

struct Matrix {
  std::vector<std::vector<std::pair<int, float>>> rows;
};

Sparse kept(const Matrix& matrix, PlanMemory& memory) {
  auto& starts = memory.integers.emplace_back();
  auto& columns = memory.integers.emplace_back();
  auto& factors = memory.numbers.emplace_back();
  for (const auto& row : matrix.rows) {
    starts.push_back(columns.size());
    for (const auto& [column, factor] : row) {
      columns.push_back(column);
      factors.push_back(factor);
    }
  }
  starts.push_back(columns.size());
  return {(long)matrix.rows.size(), starts.data(), columns.data(), factors.data()};
}

Matrix transposed(const Matrix& matrix, long columns) {
  Matrix result{std::vector<std::vector<std::pair<int, float>>>(columns)};
  for (std::size_t row = 0; row < matrix.rows.size(); row++)
    for (const auto& [column, factor] : matrix.rows[row]) result.rows[column].emplace_back(row, factor);
  return result;
}

/**
 * Where two axes meet, components become ranks, each one real multiplication:
 *
 *   real and real        one real number: 1 rank
 *   real and complex     one complex number: 3 ranks
 *   complex and complex  two complex numbers, x+ = (rr - ii) + i (ri + ir) and x- = (rr + ii) + i (ir - ri), which has the
 *                        conjugate along the horizontal axis: 6 ranks
 *
 * A complex number a + ib has the ranks a, b and a + b: in (a + ib) (p + iq) the real part is ap - bq, and the imaginary one
 * (a + b) (p + q) - ap - bq.
 */
class Meeting {
 public:
  Meeting(const Axis& vertical, const Axis& horizontal) : horizontal(horizontal.inputs) {
    recombine.rows.resize(vertical.inputs * horizontal.inputs);
    for (long p = 0; p < vertical.inputs; p += p < vertical.reals ? 1 : 2) {
      for (long q = 0; q < horizontal.inputs; q += q < horizontal.reals ? 1 : 2) {
        const bool isComplex[] = {p >= vertical.reals, q >= horizontal.reals};
        at = {(int)p, (int)q};
        const int rr = component(0, 0);
        if (!isComplex[0] && !isComplex[1]) {
          recombine.rows[rr].emplace_back(rank({{rr, 1}}), 1);
        } else if (isComplex[0] != isComplex[1]) {
          const int imaginary = isComplex[0] ? component(1, 0) : component(0, 1);
          complex({{rr, 1}}, {{imaginary, 1}}, {{rr, 1}}, {{imaginary, 1}});
        } else {
          const int ri = component(0, 1), ir = component(1, 0), ii = component(1, 1);
          complex({{rr, 1}, {ii, -1}}, {{ri, 1}, {ir, 1}}, {{rr, .5f}, {ii, -.5f}}, {{ri, .5f}, {ir, .5f}});
          complex({{rr, 1}, {ii, 1}}, {{ir, 1}, {ri, -1}}, {{rr, .5f}, {ii, .5f}}, {{ir, .5f}, {ri, -.5f}});
        }
      }
    }
  }

  Matrix evaluate, recombine;
  /** The components on either axis whose point a rank belongs to. */
  std::vector<std::pair<int, int>> points;

 private:
  using Terms = std::vector<std::pair<int, float>>;

  int component(int imaginary, int alsoImaginary) const {
    return (at.first + imaginary) * horizontal + at.second + alsoImaginary;
  }
  int rank(Terms terms) {
    evaluate.rows.push_back(std::move(terms));
    points.push_back(at);
    return evaluate.rows.size() - 1;
  }
  /** One complex product: what its factors' parts are made of, and to which components its own parts go. */
  void complex(const Terms& real, const Terms& imaginary, const Terms& toReal, const Terms& toImaginary) {
    Terms both = real;
    both.insert(both.end(), imaginary.begin(), imaginary.end());
    const int ap = rank(real), bq = rank(imaginary), sum = rank(both);
    for (const auto& [component, factor] : toReal) {
      recombine.rows[component].emplace_back(ap, factor);
      recombine.rows[component].emplace_back(bq, -factor);
    }
    for (const auto& [component, factor] : toImaginary) {
      recombine.rows[component].emplace_back(sum, factor);
      recombine.rows[component].emplace_back(ap, -factor);
      recombine.rows[component].emplace_back(bq, -factor);
    }
  }

  const int horizontal;
  std::pair<int, int> at;
};

void completeAxis(Axis& axis) {
  axis.outputs = (axis.image - axis.kernel) / axis.stride + 1;
  axis.taps = (axis.kernel + axis.stride - 1) / axis.stride;
  axis.inputs = axis.outputs + axis.taps - 1;
}

/** Whether a kernel of so many taps has anything at the point of this component. */
bool meets(const Axis& axis, int component, long taps) {
  for (long tap = 0; tap < taps; tap++)
    if (axis.b()[component * axis.row() + tap] != 0) return true;
  return false;
}

}  // namespace

void completePlan(BilinearPlan& plan, PlanMemory& memory) {
  Axis &vertical = plan.vertical, &horizontal = plan.horizontal;
  completeAxis(vertical);
  completeAxis(horizontal);
  const Meeting meeting(vertical, horizontal);
  plan.ranks = meeting.evaluate.rows.size();
  plan.evaluate = kept(meeting.evaluate, memory);
  plan.evaluateTransposed = kept(transposed(meeting.evaluate, plan.positions()), memory);
  plan.recombine = kept(meeting.recombine, memory);
  plan.recombineTransposed = kept(transposed(meeting.recombine, plan.ranks), memory);
  for (long p = 0; p < vertical.stride; p++) {
    for (long q = 0; q < horizontal.stride; q++) {
      auto& ranks = memory.integers.emplace_back();
      for (long rank = 0; rank < plan.ranks; rank++) {
        const auto& [v, h] = meeting.points[rank];
        // The imaginary part of a point follows the real one; a rank may be made of either.
        const auto any = [](const Axis& axis, int component, long phase) {
          return meets(axis, component, axis.tapsOf(phase)) ||
                 (component >= axis.reals && meets(axis, component + 1, axis.tapsOf(phase)));
        };
        if (any(vertical, v, p) && any(horizontal, h, q)) ranks.push_back(rank);
      }
      memory.phases.push_back({p, q, ranks.data(), (long)ranks.size(), plan.phaseRanks});
      plan.phaseRanks += ranks.size();
    }
  }
  plan.phases = memory.phases.data();
  plan.phaseCount = memory.phases.size();
}
