#include "segfold/score/truth_digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace segfold {
namespace {

/// Two images of two classes: right, wrongly predicted and missed pixels of each.
std::vector<ImageCounts> images() {
  return {{"a_1", "a", {3, 2}, {0, 1}, {1, 0}}, {"b_1", "b", {2, 2}, {2, 0}, {0, 2}}};
}

std::string digest_after(const std::function<void(std::vector<ImageCounts>&)>& change) {
  std::vector<ImageCounts> changed = images();
  change(changed);
  return truth_digest(changed);
}

TEST(TruthDigest, IsTheSameWhateverWasPredictedAndInWhateverOrder) {
  const std::string digest = truth_digest(images());
  EXPECT_EQ(digest.size(), 64U);
  // One of the three right pixels is missed instead, and one of another class taken for it.
  EXPECT_EQ(digest_after([](auto& made) { made[0].tp[0] = 2, made[0].fn[0] = 2, made[0].fp[0] = 9; }), digest);
  EXPECT_EQ(digest_after([](auto& made) { std::ranges::reverse(made); }), digest);
}

TEST(TruthDigest, TellsOtherSamplesApart) {
  const std::string digest = truth_digest(images());
  EXPECT_NE(digest_after([](auto& made) { made[1].name.back() = '2'; }), digest);
  EXPECT_NE(digest_after([](auto& made) { made[1].group.back() = 'a'; }), digest);
  EXPECT_NE(digest_after([](auto& made) { ++made[1].tp[1]; }), digest);
  EXPECT_NE(digest_after([](auto& made) { ++made[1].fn[1]; }), digest);
  EXPECT_NE(digest_after([](auto& made) { std::swap(made[0].name, made[1].name); }), digest);
  EXPECT_NE(digest_after([](auto& made) { made.pop_back(); }), digest);
}

}  // namespace
}  // namespace segfold
