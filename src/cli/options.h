#pragma once
// The options that several subcommands share, with the same meaning and help text in each.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/check.h"
#include "comm/watch_table.h"
#include "train/trainer.h"

namespace lockstep {

// The values of an option that has names for them, in the order of its help.
template <typename Value>
using Choices = std::vector<std::pair<std::string, Value>>;

// The value called `name`, which CLI::IsMember(choices) has checked.
template <typename Value>
Value chosen(const Choices<Value>& choices, const std::string& name) {
  const auto found = std::ranges::find(choices, name, &std::pair<std::string, Value>::first);
  check(found != choices.end(), "options with choices are checked");
  return found->second;
}

// Adds the job file, required.
void add_job(CLI::App& command, std::string& job);

// Adds a trained model, required: whatever find_checkpoint() accepts. `name` is the name of
// the argument.
void add_model(CLI::App& command, const std::string& name, std::string& model);

// Adds --split, a set of the model's job: the name of an EvaluationSplit.
void add_split(CLI::App& command, std::string& split);

// Adds --set PATH=VALUE, any number of times. `of` says whose fields it sets.
void add_overrides(CLI::App& command, std::vector<std::string>& overrides,
                   const std::string& of = "the job");

// Adds --threads. `threads` stays 0 when it is not given, which means default_threads().
void add_threads(CLI::App& command, int& threads);

// Adds --prefetch-threads. `threads` stays -1 when it is not given, which means
// default_prefetch_threads() for jobs that augment.
void add_prefetch_threads(CLI::App& command, int& threads);

// Adds --resume auto, must or never. `help` says what is resumed.
void add_resume(CLI::App& command, std::string& resume, const std::string& help);

// The mode for the value of --resume; "" if it is not given.
Resume resume_mode(const std::string& resume);

// Adds --allow-changed-data. `use` says what is done although the data has changed.
void add_allow_changed_data(CLI::App& command, bool& allow, const std::string& use = "Resume");

// Adds --allow-changed-environment.
void add_allow_changed_environment(CLI::App& command, bool& allow);

// Adds --no-dropout.
void add_no_dropout(CLI::App& command, bool& no_dropout);

// Adds --silence-limit and --progress-limit, the limits of the stall watch.
void add_watch_limits(CLI::App& command, WatchLimits& limits);

// Adds --json: one object on stdout instead of text.
void add_json(CLI::App& command, bool& json);

}  // namespace lockstep
