#pragma once
// The options that several subcommands have, which mean and say the same in each.

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "train/trainer.h"

namespace lockstep {

// The job file, required.
void add_job(CLI::App& command, std::string& job);

// A trained model, required: what find_checkpoint() takes. `name`: of the argument.
void add_model(CLI::App& command, const std::string& name, std::string& model);

// --set PATH=VALUE, any number of times. `of`: whose fields.
void add_overrides(CLI::App& command, std::vector<std::string>& overrides,
                   const std::string& of = "the job");

// --threads; stays 0 when it is not given: default_threads() then.
void add_threads(CLI::App& command, int& threads);

// --prefetch-threads; stays -1 when it is not given: default_prefetch_threads()
// then, for jobs that augment.
void add_prefetch_threads(CLI::App& command, int& threads);

// --resume auto, must or never. `help`: what is gone on with.
void add_resume(CLI::App& command, std::string& resume, const std::string& help);

// What it was given, "" for nothing.
Resume resume_mode(const std::string& resume);

// --allow-changed-data. `use`: what is done all the same.
void add_allow_changed_data(CLI::App& command, bool& allow, const std::string& use = "Resume");

// --no-dropout.
void add_no_dropout(CLI::App& command, bool& no_dropout);

// --json: one object on stdout instead of text.
void add_json(CLI::App& command, bool& json);

}  // namespace lockstep
