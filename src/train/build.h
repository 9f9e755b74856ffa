#pragma once
// From the job's settings to the values that nn and optim work with.

#include <cstdint>
#include <filesystem>
#include <memory>

#include "config/job.h"
#include "data/source.h"
#include "nn/regularizer.h"
#include "nn/spec.h"
#include "optim/optimizer.h"
#include "optim/schedule.h"

namespace lockstep {

// The network of a job for examples with so many features.
NetworkSpec build_network(const NetworkConfig& config, std::uint64_t features);

Optimizer build_optimizer(const OptimizerConfig& config);
double base_learning_rate(const OptimizerConfig& config);
LearningRateSchedule build_schedule(const ScheduleConfig& config);
RegularizationSpec build_regularization(const Job& job);

// Opens the files of a source; throws as ExampleSource does.
std::unique_ptr<ExampleSource> open_source(const DataSource& source);

// The examples of `input` without labels, in the format and with the settings
// of `like`: what predictions are made for.
DataSource unlabelled_source(const DataSource& like, const std::filesystem::path& input);

}  // namespace lockstep
