// An exponential moving average of the weights (Polyak & Juditsky 1992; for networks, Izmailov et al. 2018,
// arXiv:1803.05407). It begins as the weights are; after the t-th step learnt from, with weights w:
//
//   ē ← ē + (1 − d)(w − ē),  d = min(decay, (1 + t) / (10 + t))
//
// so that what a run began with does not weigh for long. What is not learnt by gradient is not averaged.
#pragma once
#include <cstdint>
#include <vector>

#include "tensor/weight.h"

namespace bantam {

class WeightAverage {
 public:
  // Of the weights that train; begin() before all else.
  WeightAverage(const std::vector<Weight*>& weights, double decay);

  void begin();
  void update();
  // Exchanges the average and the weights; a second time puts both back, to the same bits.
  void swap();

  // What a checkpoint must hold.
  struct State {
    Weight* weight;
    Output values;  // as the master
  };
  std::vector<State>& states() { return states_; }
  uint64_t updates = 0;

 private:
  double decay_;
  std::vector<State> states_;
};

}  // namespace bantam
