#pragma once
#include <deque>
#include <utility>
#include <vector>

#include "bilinear-plan.h"

class PlanMemory {
 public:
  // In a deque nothing moves.
  std::deque<std::vector<int>> integers;
  std::deque<std::vector<float>> numbers;
  std::vector<Phase> phases;
};
