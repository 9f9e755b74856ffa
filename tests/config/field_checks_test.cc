// The rules that stand at the fields of the schemas, and the words made of them. What
// they do to jobs is in bounds_test.cc and job_errors_test.cc.

#include "config/field_checks.h"

#include <functional>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include "proto/job.pb.h"
#include "proto/rule.pb.h"
#include "proto/sweep.pb.h"

namespace lockstep {
namespace {

namespace pb = google::protobuf;

bool is_number(const pb::FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_UINT32:
    case pb::FieldDescriptor::CPPTYPE_UINT64:
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      return true;
    default:
      return false;
  }
}

// "Schedule.Step.factor" for every number in `type` and the messages below it that has
// no rule.
void collect_numbers_without_rule(const pb::Descriptor& type, std::set<std::string>& found,
                                  std::set<const pb::Descriptor*>& seen) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    if (field.message_type() != nullptr) {
      collect_numbers_without_rule(*field.message_type(), found, seen);
    } else if (is_number(field) && !field.options().HasExtension(proto::rule)) {
      found.insert(field.full_name().substr(std::string("lockstep.proto.").size()));
    }
  }
}

TEST(FieldChecks, EveryNumberHasARuleOrIsKnownToTakeAnyValue) {
  std::set<std::string> found;
  std::set<const pb::Descriptor*> seen;
  collect_numbers_without_rule(*proto::Job::descriptor(), found, seen);
  collect_numbers_without_rule(*proto::Sweep::descriptor(), found, seen);
  EXPECT_THAT(found,
              testing::ElementsAre(
                  "Augmentation.Shift.horizontal", "Augmentation.Shift.vertical",
                  "Checkpointing.background_from_bytes", "Checkpointing.every_epochs",
                  "Checkpointing.every_steps", "Corruption.seed", "Evaluation.train_examples",
                  "Exchange.compare_weights_every_steps", "Job.seed", "Part.Fold.number",
                  "Part.Fold.repeat", "Sweep.Numbers.value", "Sweep.seed",
                  "Synthetic.Blobs.features",  // by the number of classes
                  "Synthetic.Teacher.layers", "Synthetic.Teacher.seed", "Synthetic.seed"));
}

TEST(FieldChecks, ChoicesAreValuesOfTheirEnum) {
  std::set<const pb::Descriptor*> seen;
  const std::function<void(const pb::Descriptor&)> visit = [&](const pb::Descriptor& type) {
    if (!seen.insert(&type).second) return;
    for (int i = 0; i < type.field_count(); ++i) {
      const pb::FieldDescriptor& field = *type.field(i);
      if (field.message_type() != nullptr) visit(*field.message_type());
      for (const std::string& name : field.options().GetExtension(proto::rule).choice()) {
        ASSERT_NE(field.enum_type(), nullptr) << field.full_name();
        EXPECT_NE(field.enum_type()->FindValueByName(name), nullptr)
            << name << " of " << field.full_name();
      }
    }
  };
  visit(*proto::Job::descriptor());
  visit(*proto::Sweep::descriptor());
}

TEST(FieldChecks, RangesInWords) {
  const auto words = [](const pb::Descriptor& type, const char* field) {
    return expected_range(*type.FindFieldByName(field));
  };
  EXPECT_EQ(words(*proto::Optimizer::Adam::descriptor(), "learning_rate"),
            "a finite number above 0");
  EXPECT_EQ(words(*proto::Optimizer::Adam::descriptor(), "beta1"), "a number from 0 to below 1");
  EXPECT_EQ(words(*proto::Network::descriptor(), "input_keep_prob"),
            "a probability above 0 and at most 1");
  EXPECT_EQ(words(*proto::Diagnosis::descriptor(), "high_gap"), "a fraction above 0 and below 1");
  EXPECT_EQ(words(*proto::Diagnosis::descriptor(), "high_share"), "a number from 0 to 1");
  EXPECT_EQ(words(*proto::Augmentation::Elastic::descriptor(), "sigma"),
            "a finite number of pixels, 0.5 or more");
  EXPECT_EQ(words(*proto::Augmentation::descriptor(), "border_value"), "a finite number");
  EXPECT_EQ(words(*proto::DenseLayer::descriptor(), "repeat"), "1 to 1000");
  EXPECT_EQ(words(*proto::Exchange::descriptor(), "bucket_bytes"), "at least 4096");
  EXPECT_EQ(words(*proto::Job::descriptor(), "seed"), "");
  EXPECT_EQ(words(*proto::Job::descriptor(), "name"), "");
}

}  // namespace
}  // namespace lockstep
