#include "cli/prediction_output.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <span>

#include <fmt/format.h>

#include "base/error.h"
#include "base/npy_text.h"
#include "cli/result_files.h"

namespace lockstep {
namespace {

[[noreturn]] void fail_to_collect() {
  throw Error(ExitCode::io, fmt::format("cannot collect predictions in a temporary file: {}; make "
                                        "room in the folder for temporary files",
                                        std::strerror(errno)));
}

}  // namespace

PredictionOutput::PredictionOutput(const std::string& path, const PredictionTable& table,
                                   bool is_npy)
    : table_(table) {
  if (!path.empty()) file_.emplace(path, IfNoFile::write_in_place);
  if (!is_npy) return;
  collected_.reset(std::tmpfile());
  if (!collected_) fail_to_collect();
}

void PredictionOutput::put(const std::string& bytes) {
  if (file_) {
    file_->write(std::as_bytes(std::span(bytes)));
  } else {
    write_to_stdout(bytes);
  }
}

void PredictionOutput::collect(const std::string& bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), collected_.get()) != bytes.size()) {
    fail_to_collect();
  }
}

void PredictionOutput::write(const PredictionBlock& block) {
  rows_ += block.predictions.rows;
  if (collected_) return collect(table_.rows(block));
  if (!has_header_) put(table_.header());
  has_header_ = true;
  put(table_.rows(block));
  if (!file_) flush_stdout();
}

void PredictionOutput::put_collected() {
  if (std::fflush(collected_.get()) != 0) fail_to_collect();
  std::rewind(collected_.get());
  put(npy_header("<f4", std::array{rows_, table_.number_columns()}));
  std::string bytes(std::size_t{1} << 16, '\0');
  while (bytes.size() > 0) {
    bytes.resize(std::fread(bytes.data(), 1, bytes.size(), collected_.get()));
    put(bytes);
  }
  if (std::ferror(collected_.get()) != 0) fail_to_collect();
}

void PredictionOutput::finish() {
  if (collected_) put_collected();
  if (file_) {
    file_->commit();
  } else {
    flush_stdout();
  }
}

}  // namespace lockstep
