#pragma once
// A job's J for the descent check (lecture 1.5, 1.7): dropout and augmentation are off, every step
// is on the whole training set, in double, with the same workers, gradient tree and exchange as
// training.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "comm/communicator.h"
#include "comm/layout.h"
#include "config/job.h"
#include "diagnose/descent.h"
#include "nn/network.h"
#include "sets/dataset.h"
#include "train/starting_weights.h"
#include "train/step_engine.h"

namespace lockstep {

// The job's learning rate for plain gradient descent: its own, if its optimizer is gradient
// descent, momentum or Nesterov, whose learning rates have the same meaning; none for the others.
std::optional<double> descent_learning_rate(const Optimizer& optimizer);

struct JobDescentOptions {
  std::uint64_t examples = 0;  // a fixed sample of the training set; 0: all of it
  std::function<bool()> stop_requested = [] { return false; };
};

class JobDescent : public DescentProblem {
 public:
  // Collective; loads the data as training does. The weights are the job's initial ones. For a
  // sample, the penalty stays that of the whole training set. `comm` must live as long as this.
  // Errors: as in load_dataset.
  JobDescent(const Job& job, const Communicator& comm, const Layout& layout,
             JobDescentOptions options);

  // Collective. Returns to the initial weights.
  void restart();

  // Throws AgreedError(interrupted) when a stop was requested on some rank.
  double cost() override;
  double hold() override;
  void move(double rate) override;

  [[nodiscard]] std::uint64_t examples() const { return data_.geometry.train_examples; }
  [[nodiscard]] std::uint64_t train_examples() const { return train_examples_; }
  [[nodiscard]] std::uint64_t parameters() const { return network_.parameter_table().size; }

 protected:
  // The held gradient: as long as all parameters, but only this rank's owned pieces are
  // meaningful.
  [[nodiscard]] std::span<double> gradient() { return gradient_; }
  [[nodiscard]] const ParameterTable& parameter_table() const { return network_.parameter_table(); }
  // Collective. The squared norm of the held gradient, summed in the order of the parameters.
  double squared_norm();

 private:
  const Communicator& comm_;
  JobDescentOptions options_;
  Job job_;
  Dataset data_;
  std::uint64_t train_examples_;
  Network<double> network_;
  StartingWeights start_;
  std::unique_ptr<StepEngine<double>> engine_;  // made once the sample is known
  std::vector<double> held_weights_;
  std::vector<double> gradient_;
};

}  // namespace lockstep
