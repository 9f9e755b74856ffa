#pragma once
// Gradient checking of a job (lecture 1.13, 1.14): checks its network, data, penalty and layout,
// at the weights with which training begins, after some of its steps, or at those of a checkpoint.

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job.h"
#include "diagnose/exchanged_gradient.h"
#include "diagnose/gradient_check.h"
#include "diagnose/gradient_source.h"
#include "diagnose/gradient_suspect.h"
#include "model/saved_model.h"

namespace lockstep {

// Smaller or equal networks are checked in every entry unless the options differ; in larger ones,
// this many entries of every tensor are checked.
constexpr std::uint64_t kSmallNetwork = 5000;
constexpr std::uint64_t kSampledEntries = 50;
constexpr std::uint64_t kAllEntries = std::numeric_limits<std::uint64_t>::max();

// The lecture's 1e-7 leaves a rounding error of 1e-9 in a difference, because J is rounded to
// about 1e-16; 1e-5 leaves 1e-11. On Fashion-MNIST (784-512-512-10, gradients of norm 0.02 to 0.3
// in 50 entries) the worst tensor's ratio was
//   epsilon   1e-3     1e-4     1e-5     1e-6     1e-7
//   ratio     8.4e-7   8.4e-9   2.5e-9   2.5e-8   3.0e-7
// with the formula's own error on the left and rounding on the right.
constexpr double kDefaultEpsilon = 1e-5;

struct GradcheckOptions {
  double epsilon = kDefaultEpsilon;
  bool one_sided = false;  // differences with an error of the order of epsilon (1.12)
  // The most entries of each tensor. Absent: it depends on the network's size.
  std::optional<std::uint64_t> entries;
  // Number of examples in the batch; a multiple of the job's shards. Absent: the job's own batch,
  // or 256 if that is larger.
  std::optional<std::uint64_t> rows;
  bool frozen_dropout = false;  // with the masks of step 0; otherwise no dropout
  std::uint64_t after = 0;      // steps of training before a second check; 0: there is none
  std::function<bool()> stop_requested = [] { return false; };
  // Called on every rank.
  std::function<void(std::uint64_t done, std::uint64_t total)> on_progress = {};
};

// A check at the weights after `step` steps.
struct GradcheckStage {
  std::uint64_t step = 0;
  std::string weights_digest;  // as in a checkpoint
  GradientCheck check;
  GradientVerdict verdict = GradientVerdict::unresolved;  // worst_verdict
  std::optional<Suspect> suspect;
};

struct GradcheckResult {
  std::string job;
  std::string network;               // as describe() of nn/layers.h writes it
  std::vector<std::uint64_t> units;  // values of the input and of each layer
  std::uint64_t parameters = 0;
  std::uint64_t entries = 0;  // number of compared entries
  std::uint64_t rows = 0;     // number of examples in the batch
  std::uint64_t train_examples = 0;
  double epsilon = 0;
  bool one_sided = false;
  bool has_dropout = false;     // whether the job has dropout
  bool frozen_dropout = false;  // whether this check has it, too
  bool augmentation = false;    // whether the job has it; the check has none
  bool penalty = false;         // J has one
  std::vector<GradcheckStage> stages;

  // Whether no verdict is doubtful or wrong. One-sided differences do not count, because their
  // own error is too large.
  [[nodiscard]] bool passed() const;
  // Whether the check confirms the gradient: every verdict is great or fair.
  [[nodiscard]] bool confirmed() const;
};

// Collective. Loads the job's data as training does, and checks the gradients of `source`. Weights
// are those of training, in float; the check itself is in double. It is done at the weights with
// which training begins, or at those of `checkpoint` (null: none). The `after` steps of training
// are those of the job, with its dropout and augmentation, and result in the weights that `train`
// has after as many steps. The result is on rank 0 and has the same bits at every layout.
//
// Throws AgreedError: usage when options or checkpoint do not fit the job, diverged when J or its
// gradient is not finite, interrupted when a stop was requested; and the errors of load_dataset.
GradcheckResult gradcheck(const Job& job, const SavedModel* checkpoint, const Communicator& comm,
                          const Layout& layout, const GradcheckOptions& options,
                          const GradientSource& source = exchanged_gradient);

}  // namespace lockstep
