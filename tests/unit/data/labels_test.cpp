#include "segfold/data/labels.h"

#include <gtest/gtest.h>

#include <map>

#include "segfold/base/error.h"

namespace segfold {
namespace {

TEST(Labels, StandAtTheIndexOfTheirId) {
  for (std::size_t i = 0; i < labels().size(); ++i) EXPECT_EQ(labels()[i].id, static_cast<int>(i));
}

TEST(Labels, GiveEveryTrainIdToExactlyOneLabel) {
  std::map<int, int> bearers;
  for (const Label& label : labels()) ++bearers[label.train_id];
  for (int c = 0; c < kClasses; ++c) EXPECT_EQ(bearers[c], 1) << "train id " << c;
  EXPECT_EQ(bearers[kIgnore], kRawIds - kClasses);
}

TEST(Labels, NameTheClassesInTheOrderOfTheirTrainIds) {
  const std::vector<std::string> expected = {
      "road", "sidewalk", "building", "wall", "fence", "pole", "traffic light", "traffic sign", "vegetation", "terrain",
      "sky",  "person",   "rider",    "car",  "truck", "bus",  "train",         "motorcycle",   "bicycle"};
  EXPECT_EQ(class_names(), expected);
}

TEST(Labels, MapRawIdsToTrainIdsExactly) {
  const auto& map = train_id_from_raw_id();
  EXPECT_EQ(map[0], kIgnore);
  EXPECT_EQ(map[7], 0);
  EXPECT_EQ(map[9], kIgnore);
  EXPECT_EQ(map[23], 10);
  EXPECT_EQ(map[29], kIgnore);
  EXPECT_EQ(map[33], 18);
  for (std::size_t id = kRawIds; id < 256; ++id) EXPECT_EQ(map[id], kUnknownRawId);
}

TEST(Labels, ComeBackFromTrainIds) {
  const auto& raw = raw_id_from_train_id();
  for (int c = 0; c < kClasses; ++c) EXPECT_EQ(train_id_from_raw_id()[raw[static_cast<std::size_t>(c)]], c);
  EXPECT_EQ(raw[kIgnore], 0);
  EXPECT_EQ(raw[kClasses], 0);
}

TEST(Labels, MarkTheTenKindsThatHaveInstances) {
  for (const Label& label : labels()) EXPECT_EQ(label.has_instances, label.id >= 24) << label.name;
}

TEST(Labels, KnowTheOfficialColours) {
  EXPECT_EQ(label_of_train_id(0).colour, (Colour{128, 64, 128}));
  EXPECT_EQ(label_of_train_id(13).colour, (Colour{0, 0, 142}));
  EXPECT_EQ(label_of_train_id(13).category, "vehicle");
}

TEST(Labels, RefuseTrainIdsThatAreNoClass) {
  EXPECT_THROW(label_of_train_id(kClasses), InternalError);
  EXPECT_THROW(label_of_train_id(kIgnore), InternalError);
  EXPECT_THROW(label_of_train_id(-1), InternalError);
}

}  // namespace
}  // namespace segfold
