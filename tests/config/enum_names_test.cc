// Every value of an enum of the schema has one value of its room's enum, by name.

#include "base/enum_names.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "base/lower_case.h"
#include "config/from_proto.h"
#include "config/job.h"
#include "data/spec.h"
#include "linalg/precision.h"
#include "nn/activations.h"
#include "nn/spec.h"
#include "proto/job.pb.h"
#include "proto/metric.pb.h"
#include "records/metric.h"

namespace lockstep {
namespace {

// `unresolved`: a value that is replaced before, such as AUTO; empty: none.
template <typename E, typename ProtoEnum>
void expect_same_names(const std::string& unresolved = "") {
  std::set<std::string> in_schema;
  const auto* described = google::protobuf::GetEnumDescriptor<ProtoEnum>();
  for (int i = 0; i < described->value_count(); ++i) in_schema.insert(described->value(i)->name());
  EXPECT_EQ(in_schema.erase(unresolved), unresolved.empty() ? 0U : 1U) << described->full_name();
  std::set<std::string> in_room;
  std::set<E> values;
  for (const EnumName<E>& row : enum_names(E())) {
    in_room.emplace(row.name);
    values.insert(row.value);
    const auto* value = described->FindValueByName(std::string(row.name));
    ASSERT_NE(value, nullptr) << row.name;
    EXPECT_EQ(from_proto<E>(static_cast<ProtoEnum>(value->number())), row.value);
    EXPECT_EQ(enum_name(row.value), row.name);
  }
  EXPECT_EQ(in_room, in_schema) << described->full_name();
  EXPECT_EQ(values.size(), in_schema.size()) << described->full_name();
}

TEST(EnumNames, AreThoseOfTheSchema) {
  expect_same_names<CifarKind, proto::Cifar::Kind>();
  expect_same_names<ColumnRole, proto::Table::Role>();
  expect_same_names<WhenMissing, proto::Table::WhenMissing>();
  expect_same_names<UnknownCategory, proto::Table::UnknownCategory>();
  expect_same_names<LabelCoding, proto::LabelCoding>();
  expect_same_names<DevAndTestFrom, proto::Data::DevAndTestFrom>();
  expect_same_names<StatisticsPer, proto::Normalization::Standardize::Per>();
  expect_same_names<WeightVariance, proto::Initializer::Kind>("AUTO");
  expect_same_names<Loss, proto::Output::Loss>();
  expect_same_names<Precision, proto::Precision>();
  expect_same_names<OnNonfinite, proto::Training::OnNonfinite>();
  expect_same_names<Activation, proto::Activation>();
  expect_same_names<Metric, proto::Metric>();
}

TEST(EnumNames, OfMetricsAreLikeTheirKeys) {
  for (const auto& [metric, name] : enum_names(Metric())) {
    EXPECT_EQ(facts_of(metric).metric, metric);
    EXPECT_EQ(facts_of(metric).key, lower_case(name));
  }
}

TEST(EnumNames, UnknownOnesHaveNoValue) {
  EXPECT_FALSE(enum_named<Precision>("FLOAT64"));
  EXPECT_EQ(enum_named<Precision>("BFLOAT16"), Precision::bfloat16);
  EXPECT_EQ(lower_case("CLASS_NAME"), "class_name");
}

}  // namespace
}  // namespace lockstep
