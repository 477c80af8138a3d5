#include "segfold/nn/pickle.h"

#include <gtest/gtest.h>

#include <array>

#include "segfold/nn/unpickler.h"
#include "tests/unit/nn/pickle_testing.h"

namespace segfold {
namespace {

using namespace ::segfold::testing::pickle;

constexpr std::array<std::string_view, 1> kAdmitted{"torch Tensor"};

TEST(Pickle, FindsNumbersAndTextsWhereTheyStand) {
  const std::string bytes =
      whole(text("größe") + integer(-(std::int64_t{1} << 40)) + global("torch", "Tensor") + "\x87");
  const Pickle pickle = unpickle(bytes, kAdmitted, bytes.size(), "w.pth");
  const Pickle::Tuple items = pickle.tuple(pickle.root());
  EXPECT_EQ(pickle.text(items[0]), "größe");
  EXPECT_EQ(pickle.text(items[0]).data(), bytes.data() + bytes.find("größe"));
  EXPECT_EQ(pickle.integer(items[1]), -(std::int64_t{1} << 40));
  EXPECT_EQ(pickle.text(items[2]), "torch Tensor");
}

TEST(Pickle, KeepsApartWhatContainersHold) {
  const std::string list =
      "](K\x04K\x05K\x06"
      "e";
  const std::string bytes = whole(tuple(tuple("K\x01K\x02") + ")" + dict(text("a") + "K\x03") + list));
  const Pickle pickle = unpickle(bytes, kAdmitted, bytes.size(), "w.pth");
  const Pickle::Tuple items = pickle.tuple(pickle.root());
  ASSERT_EQ(items.size(), 4u);
  ASSERT_EQ(pickle.tuple(items[0]).size(), 2u);
  EXPECT_EQ(pickle.integer(pickle.tuple(items[0])[1]), 2);
  EXPECT_TRUE(pickle.tuple(items[1]).empty());
  ASSERT_EQ(pickle.list(items[2]).size(), 2u);
  EXPECT_EQ(pickle.text(pickle.list(items[2])[0]), "a");
  ASSERT_EQ(pickle.list(items[3]).size(), 3u);
  EXPECT_EQ(pickle.integer(pickle.list(items[3])[2]), 6);
}

TEST(Pickle, SaysWhatAValueIs) {
  const std::string called = global("torch", "Tensor") + ")R";
  const std::array<std::pair<std::string, std::string>, 10> kinds{{{"N", "None"},
                                                                   {"\x88", "a truth value"},
                                                                   {"K\x01", "a number"},
                                                                   {text("a"), "a text"},
                                                                   {")", "a tuple"},
                                                                   {"]", "a list"},
                                                                   {"}", "a dict"},
                                                                   {")Q", "a storage"},
                                                                   {global("torch", "Tensor"), "torch.Tensor"},
                                                                   {called, "torch.Tensor"}}};
  for (const auto& [operations, name] : kinds) {
    const std::string bytes = whole(operations);
    const Pickle pickle = unpickle(bytes, kAdmitted, bytes.size(), "w.pth");
    EXPECT_EQ(pickle.kind_text(pickle.root()), name);
  }
}

}  // namespace
}  // namespace segfold
