// Saving, loading, and every way a file can be wrong.

#include <algorithm>
#include <cstring>
#include <random>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "allocations.h"
#include "base/digest.h"
#include "checkpoint/header.h"
#include "checkpoint/load.h"
#include "checkpoint/record_file.h"
#include "checkpoint/save.h"
#include "example.h"
#include "proto/checkpoint.pb.h"

namespace lockstep {
namespace {

using testing::HasSubstr;
using CheckpointFile = FreshDirectory;

std::vector<std::uint32_t> bits(const std::vector<float>& values) {
  std::vector<std::uint32_t> result;
  result.reserve(values.size());
  for (const float value : values) result.push_back(std::bit_cast<std::uint32_t>(value));
  return result;
}

void expect_same(const Checkpoint& a, const Checkpoint& b) {
  EXPECT_EQ(a.format_version, b.format_version);
  EXPECT_EQ(a.lockstep_version, b.lockstep_version);
  EXPECT_EQ(a.resolved_job, b.resolved_job);
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.tensors, b.tensors);
  EXPECT_EQ(bits(a.weights), bits(b.weights));
  EXPECT_EQ(a.optimizer_slot_names, b.optimizer_slot_names);
  ASSERT_EQ(a.optimizer_slots.size(), b.optimizer_slots.size());
  for (std::size_t i = 0; i < a.optimizer_slots.size(); ++i) {
    EXPECT_EQ(bits(a.optimizer_slots[i]), bits(b.optimizer_slots[i]));
  }
  EXPECT_EQ(bits(a.mean), bits(b.mean));
  EXPECT_EQ(bits(a.inverse_deviation), bits(b.inverse_deviation));
  EXPECT_EQ(a.threshold, b.threshold);
  EXPECT_EQ(a.target_mean, b.target_mean);
  EXPECT_EQ(a.target_deviation, b.target_deviation);
  EXPECT_EQ(a.sessions, b.sessions);
  ASSERT_EQ(a.best_metric.has_value(), b.best_metric.has_value());
  EXPECT_EQ(std::bit_cast<std::uint64_t>(a.best_metric.value_or(0)),
            std::bit_cast<std::uint64_t>(b.best_metric.value_or(0)));
  EXPECT_EQ(a.best_step, b.best_step);
  EXPECT_EQ(a.evaluations_without_improvement, b.evaluations_without_improvement);
  EXPECT_EQ(a.shard_loss_sums, b.shard_loss_sums);
  EXPECT_EQ(a.batch_rows, b.batch_rows);
  EXPECT_EQ(a.train_fingerprint, b.train_fingerprint);
  EXPECT_EQ(a.dev_fingerprint, b.dev_fingerprint);
  EXPECT_EQ(a.test_fingerprint, b.test_fingerprint);
  EXPECT_EQ(a.environment, b.environment);
  EXPECT_EQ(a.table, b.table);
  EXPECT_EQ(a.label_width, b.label_width);
  EXPECT_EQ(a.input_shape, b.input_shape);
  EXPECT_EQ(a.image, b.image);
  EXPECT_EQ(a.class_counts, b.class_counts);
}

Thrown load_error(const std::filesystem::path& path) {
  return thrown_by([&] { load_checkpoint(path); });
}

// A file whose every checksum is right, whatever it says.
void forge(const std::filesystem::path& path, const std::vector<std::string>& records,
           std::uint32_t version = kCheckpointFormatVersion) {
  RecordWriter writer(path, version);
  for (const auto& record : records) writer.add(std::as_bytes(std::span(record)));
  proto::CheckpointFooter footer;
  footer.set_records(writer.records());
  footer.set_digest(writer.digest());
  const std::string last = footer.SerializeAsString();
  writer.add(std::as_bytes(std::span(last)));
  writer.commit();
}

std::uint64_t u64_at(const std::string& bytes, std::size_t offset) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

// Where each record of a file begins, by the documented layout.
std::vector<std::size_t> record_offsets(const std::string& file) {
  std::vector<std::size_t> offsets;
  for (std::size_t at = 16; at < file.size(); at += 24 + u64_at(file, at)) offsets.push_back(at);
  return offsets;
}

TEST_F(CheckpointFile, RoundTripKeepsEveryBit) {
  const Checkpoint saved = example_checkpoint();
  for (const std::uint64_t chunk_elements : {1U, 2U, 4U, 6U, 1000U}) {
    const auto path = directory_ / "a.ckpt";
    save_checkpoint(saved, path, chunk_elements);
    const Checkpoint loaded = load_checkpoint(path);
    expect_same(saved, loaded);
    EXPECT_EQ(loaded.weights_digest,
              digest_hex(digest_of(std::as_bytes(std::span(saved.weights)))));
  }
}

TEST_F(CheckpointFile, RoundTripOfAnEmptyOne) {
  save_checkpoint(Checkpoint{}, directory_ / "a.ckpt");
  const Checkpoint loaded = load_checkpoint(directory_ / "a.ckpt");
  expect_same(Checkpoint{}, loaded);

  Checkpoint without_slots = example_checkpoint();
  without_slots.optimizer_slot_names.clear();
  without_slots.optimizer_slots.clear();
  without_slots.mean.clear();
  without_slots.best_metric.reset();
  save_checkpoint(without_slots, directory_ / "a.ckpt");
  expect_same(without_slots, load_checkpoint(directory_ / "a.ckpt"));
}

TEST_F(CheckpointFile, ChunksAreCutAsAsked) {
  save_checkpoint(example_checkpoint(), directory_ / "a.ckpt", 4);
  // Header; 4+2 of weights, m and v; 3 means; 3 inverse deviations; footer.
  EXPECT_EQ(record_offsets(read_bytes(directory_ / "a.ckpt")).size(), 1U + 3U * 2U + 2U + 1U);
}

TEST_F(CheckpointFile, ManyChunksOfTheDefaultSize) {
  Checkpoint large = example_checkpoint();
  large.weights.resize(2 * kDefaultChunkElements + 1);
  for (std::size_t i = 0; i < large.weights.size(); ++i) {
    large.weights[i] = static_cast<float>(i % 1021);
  }
  for (auto& slot : large.optimizer_slots) slot = large.weights;
  save_checkpoint(large, directory_ / "a.ckpt");
  EXPECT_TRUE(load_checkpoint(directory_ / "a.ckpt").weights == large.weights);
}

TEST_F(CheckpointFile, SameCheckpointSameBytes) {
  save_checkpoint(example_checkpoint(), directory_ / "a.ckpt");
  save_checkpoint(example_checkpoint(), directory_ / "b.ckpt");
  EXPECT_EQ(read_bytes(directory_ / "a.ckpt"), read_bytes(directory_ / "b.ckpt"));
}

TEST_F(CheckpointFile, MissingFile) {
  const Thrown error = load_error(directory_ / "none.ckpt");
  EXPECT_EQ(error.code, ExitCode::missing_input);
  EXPECT_THAT(error.message, HasSubstr("none.ckpt: No such file"));
}

TEST_F(CheckpointFile, DirectoryInsteadOfAFile) {
  const Thrown error = load_error(directory_);
  EXPECT_EQ(error.code, ExitCode::data);
  EXPECT_THAT(error.message, HasSubstr("not a regular file"));
}

TEST_F(CheckpointFile, EveryTruncationIsRejected) {
  const auto path = directory_ / "a.ckpt";
  save_checkpoint(example_checkpoint(), path, 4);
  const std::string whole = read_bytes(path);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    write_bytes(path, whole.substr(0, size));
    const Thrown error = load_error(path);
    ASSERT_EQ(error.code, ExitCode::data) << size;
    ASSERT_THAT(error.message, HasSubstr("incomplete: no footer")) << size;
  }
}

TEST_F(CheckpointFile, EveryFlippedByteIsRejectedAndItsRecordNamed) {
  const auto path = directory_ / "a.ckpt";
  save_checkpoint(example_checkpoint(), path, 4);
  const std::string whole = read_bytes(path);
  const auto offsets = record_offsets(whole);
  const std::vector<std::string> names = {"header",
                                          "tensor chunk weights[0..]",
                                          "tensor chunk weights[4..]",
                                          "tensor chunk m[0..]",
                                          "tensor chunk m[4..]",
                                          "tensor chunk v[0..]",
                                          "tensor chunk v[4..]",
                                          "tensor chunk mean[0..]",
                                          "tensor chunk inverse_deviation[0..]",
                                          "footer"};
  ASSERT_EQ(offsets.size(), names.size());
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string expected = at < 8 ? "not a Lockstep checkpoint" : "checksum error in the preamble";
    if (at >= offsets[0]) {
      const auto next = std::upper_bound(offsets.begin(), offsets.end(), at);
      const auto record = static_cast<std::size_t>(next - offsets.begin()) - 1;
      expected =
          fmt::format("checksum error in {}record {} ({})",
                      at - offsets[record] < 16 ? "the length of " : "", record, names[record]);
    }
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    write_bytes(path, damaged);
    const Thrown error = load_error(path);
    ASSERT_EQ(error.code, ExitCode::data) << at;
    ASSERT_THAT(error.message, HasSubstr(expected)) << at;
  }
}

TEST_F(CheckpointFile, TrailingBytesAreRejected) {
  const auto path = directory_ / "a.ckpt";
  save_checkpoint(example_checkpoint(), path);
  write_bytes(path, read_bytes(path) + "x");
  EXPECT_THAT(load_error(path).message, HasSubstr("1 unexpected bytes after the footer"));
}

TEST_F(CheckpointFile, RandomBytesAreRejectedWithoutLargeAllocations) {
  const auto path = directory_ / "a.ckpt";
  save_checkpoint(example_checkpoint(), path);
  const std::string whole = read_bytes(path);
  std::mt19937 random(1);
  reset_largest_allocation();
  for (int round = 0; round < 300; ++round) {
    // Noise from the start, from behind the preamble, or from within the records.
    const std::size_t kept =
        std::vector<std::size_t>{0, 16, 100}[static_cast<std::size_t>(round % 3)];
    std::string noise = whole.substr(0, kept);
    for (int i = 0; i < 2000; ++i) noise += static_cast<char>(random());
    write_bytes(path, noise);
    ASSERT_EQ(load_error(path).code, ExitCode::data);
  }
  EXPECT_LT(largest_allocation(), 64U << 10);
}

TEST_F(CheckpointFile, RecordsThatClaimAbsurdSizesAreRejectedWithoutAllocating) {
  const auto path = directory_ / "a.ckpt";
  save_checkpoint(example_checkpoint(), path);
  const std::string whole = read_bytes(path);
  for (const std::uint64_t length :
       {std::uint64_t{10000}, std::uint64_t{1} << 40, ~std::uint64_t{0}, ~std::uint64_t{0} - 23}) {
    std::string damaged = whole;
    std::memcpy(damaged.data() + 16, &length, sizeof length);
    const std::uint64_t checksum = digest_of(std::as_bytes(std::span(&length, 1)));
    std::memcpy(damaged.data() + 24, &checksum, sizeof checksum);
    write_bytes(path, damaged);
    reset_largest_allocation();
    ASSERT_EQ(load_error(path).code, ExitCode::data) << length;
    EXPECT_LT(largest_allocation(), 64U << 10);
  }
}

TEST_F(CheckpointFile, HeadersThatClaimAbsurdSizesAreRejectedWithoutAllocating) {
  const auto path = directory_ / "a.ckpt";
  const auto rejected = [&](const proto::CheckpointHeader& header, const std::string& why) {
    forge(path, {header.SerializeAsString()});
    reset_largest_allocation();
    const Thrown error = load_error(path);
    EXPECT_EQ(error.code, ExitCode::data);
    EXPECT_THAT(error.message, HasSubstr(why));
    EXPECT_LT(largest_allocation(), 64U << 10);
  };
  const std::vector<std::uint64_t> absurd = {
      1000,
      std::uint64_t{1} << 31,
      std::uint64_t{1} << 40,
      std::uint64_t{1} << 62,  // times 4 bytes overflows to 0
      (std::uint64_t{1} << 62) + 1,
      ~std::uint64_t{0}};
  for (const std::uint64_t size : absurd) {
    proto::CheckpointHeader weights;
    weights.set_parameters(size);
    rejected(weights, fmt::format("claims {} elements of weights", size));
    proto::CheckpointHeader mean;
    mean.set_mean_elements(size);
    rejected(mean, fmt::format("claims {} elements of mean", size));
    proto::CheckpointHeader tensor;
    tensor.add_tensor()->set_offset(size);
    rejected(tensor, "reaches beyond");
    tensor.mutable_tensor(0)->set_offset(0);
    tensor.mutable_tensor(0)->add_shape(size);
    rejected(tensor, "reaches beyond");
    tensor.mutable_tensor(0)->add_shape(size);
    rejected(tensor, "reaches beyond");
  }
  proto::CheckpointHeader slots;
  for (int i = 0; i < 65; ++i) slots.add_optimizer_slot(std::string("s"));
  rejected(slots, "claims 65 optimizer slots");
}

TEST_F(CheckpointFile, WellFormedNonsenseIsRejected) {
  const auto path = directory_ / "a.ckpt";
  proto::CheckpointHeader header;
  header.set_parameters(2);
  header.set_weights_digest("0000000000000000");
  proto::TensorChunk chunk;
  chunk.set_array(0);
  chunk.set_offset(0);
  chunk.set_data(std::string(8, '\0'));
  const auto message = [&] {
    forge(path, {header.SerializeAsString(), chunk.SerializeAsString()});
    return load_error(path).message;
  };
  EXPECT_THAT(message(), HasSubstr("the header says 0000000000000000"));
  chunk.set_data(std::string(12, '\0'));
  EXPECT_THAT(message(), HasSubstr("record 1 (tensor chunk weights[0..]) holds 12 bytes"));
  chunk.set_data(std::string(7, '\0'));
  EXPECT_THAT(message(), HasSubstr("holds 7 bytes"));
  chunk.set_data("");
  EXPECT_THAT(message(), HasSubstr("holds 0 bytes"));
  chunk.set_data(std::string(8, '\0'));
  chunk.set_offset(~std::uint64_t{0});
  EXPECT_THAT(message(), HasSubstr("at offset 18446744073709551615"));
  chunk.set_offset(0);
  chunk.set_array(1);
  EXPECT_THAT(message(), HasSubstr("of array 1 at offset 0"));
  forge(path, {"no message", std::string(64, 'x')});
  EXPECT_THAT(load_error(path).message, HasSubstr("record 0 (header) is not the expected message"));
}

TEST_F(CheckpointFile, ALostRecordIsNoticedByTheFooter) {
  const auto path = directory_ / "a.ckpt";
  Checkpoint zeros = example_checkpoint();
  zeros.weights.assign(6, 0.0F);
  save_checkpoint(zeros, path, 6);
  const std::string first = read_bytes(path);
  zeros.optimizer_slots[0].assign(6, 0.5F);
  save_checkpoint(zeros, path, 6);
  const std::string second = read_bytes(path);
  // Record 2 of the one file in the other: each record is valid on its own.
  const auto offsets = record_offsets(first);
  ASSERT_EQ(offsets, record_offsets(second));
  write_bytes(path, first.substr(0, offsets[2]) +
                        second.substr(offsets[2], offsets[3] - offsets[2]) +
                        first.substr(offsets[3]));
  EXPECT_THAT(load_error(path).message, HasSubstr("(footer) does not belong"));
}

TEST_F(CheckpointFile, OlderVersionsAreRead) {
  const auto path = directory_ / "a.ckpt";
  forge(path, {header_bytes(Checkpoint())}, 1);
  const Checkpoint older = load_checkpoint(path);
  EXPECT_EQ(older.format_version, 1U);
  EXPECT_TRUE(older.target_mean.empty()) << "targets were trained as given";
}

TEST_F(CheckpointFile, NewerVersionIsRefused) {
  const auto path = directory_ / "a.ckpt";
  forge(path, {""}, 3);
  const Thrown error = load_error(path);
  EXPECT_EQ(error.code, ExitCode::data);
  EXPECT_THAT(error.message,
              HasSubstr("needs Lockstep checkpoint format >= 3; this build reads 2"));
  forge(path, {""}, 0);
  EXPECT_THAT(load_error(path).message, HasSubstr("version 0 does not exist"));
}

TEST_F(CheckpointFile, FailedWriteKeepsTheOldFileAndLeavesNothing) {
  const auto path = directory_ / "a.ckpt";
  save_checkpoint(example_checkpoint(), path);
  Checkpoint larger = example_checkpoint();
  larger.weights.resize(100'000);
  for (auto& slot : larger.optimizer_slots) slot.resize(100'000);

  const pid_t child = fork();
  if (child == 0) {
    signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{300'000, 300'000};  // within the first array
    setrlimit(RLIMIT_FSIZE, &limit);
    const Thrown error = thrown_by([&] { save_checkpoint(larger, path, 1000); });
    const bool good = error.code == ExitCode::io &&
                      error.message.find("a.ckpt") != std::string::npos &&
                      error.message.find("the checkpoint needs about 12") != std::string::npos;
    if (!good) fmt::print(stderr, "got: {}\n", error.message);
    _exit(good ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  expect_same(example_checkpoint(), load_checkpoint(path));
  const auto entries = std::filesystem::directory_iterator(directory_);
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 1);
}

TEST_F(CheckpointFile, DirectoryThatIsAFileOrMissing) {
  write_bytes(directory_ / "file", "");
  for (const char* name : {"file/a.ckpt", "none/a.ckpt"}) {
    const Thrown error =
        thrown_by([&] { save_checkpoint(example_checkpoint(), directory_ / name); });
    EXPECT_EQ(error.code, ExitCode::io);
    EXPECT_THAT(error.message, HasSubstr(name));
  }
  // The name is taken by a directory: everything is written before rename fails.
  std::filesystem::create_directory(directory_ / "taken.ckpt");
  EXPECT_EQ(
      thrown_by([&] { save_checkpoint(example_checkpoint(), directory_ / "taken.ckpt"); }).code,
      ExitCode::io);
  const auto entries = std::filesystem::directory_iterator(directory_);
  EXPECT_EQ(std::distance(begin(entries), end(entries)), 2);
}

}  // namespace
}  // namespace lockstep
