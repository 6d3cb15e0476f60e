// What a model makes of tokens that are given: the logits behind each, and how likely each was. Law: both have the bits
// that decoding the same tokens one by one would have seen.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "model/decoder.h"

namespace bantam {

// Row t is of the token that follows ids[0 … t], at a looped model's last step: [T, V] f32. usage: no ids, more than the
// model's context, or one that is no token of the model.
Tensor logits_of(const Decoder& model, std::span<const int32_t> ids);

// ln p(ids[t + 1] | ids[0 … t]) for t = 0 … T − 2, of the distribution over all V without temperature; NaN where logits
// are. Holds the logits of a piece of the ids at a time. Of a model that needs whole sequences (Decoder::whole_sequence)
// these are no likelihoods: each token is part of the statistics that predict it. usage: as above.
std::vector<double> log_probabilities(const Decoder& model, std::span<const int32_t> ids);

}  // namespace bantam
