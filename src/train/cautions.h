#pragma once
// The lecture's warnings about regularization, and others that follow from a job, as notices.
// Nothing here changes what a run computes.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/job.h"
#include "linalg/instructions.h"
#include "metrics/scores.h"

namespace lockstep {

// Orthogonalization (1.8): for a job with early stopping and a penalty, or a search over lambdas
// with early stopping.
constexpr std::string_view kOrthogonalizationCaution =
    "caution: early stopping is on together with L2 or L1 regularization. Stopping early ends the "
    "optimization of J in order not to overfit, which couples two tasks (1.8): the best lambda "
    "then depends on when training stops. To compare lambdas, train each to the end";

bool has_dropout(const NetworkConfig& network);
bool has_penalty(const NetworkConfig& network);

// Cautions that follow from the job and the identity of its files; no file is read.
std::vector<std::string> job_cautions(const Job& job);

// Whether the dev error is above the training error by more than chance: the 95% interval of
// their difference is above 0 (base/binomial.h).
bool overfits(const SetScore& train, const SetScore& dev);

// The caution for bfloat16 on a CPU without instructions for it.
std::optional<std::string> precision_caution(const NetworkConfig& network,
                                             Instructions instructions);

// The caution for a run with dropout that ended without overfitting (1.7). `scores` are of the
// final weights; none without a dev set or without errors to count.
std::optional<std::string> dropout_caution(const NetworkConfig& network, const Scores& scores);

}  // namespace lockstep
