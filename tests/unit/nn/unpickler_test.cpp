#include "segfold/nn/unpickler.h"

#include <fmt/format.h>

#include <array>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/unit/nn/pickle_testing.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using namespace ::segfold::testing::pickle;
using Kind = PickleValue::Kind;

constexpr std::array<std::string_view, 2> kAdmitted{"collections OrderedDict", "torch Tensor"};

constexpr std::uint64_t kFileBytes = 1 << 20;

/// A pickle and the bytes it looks into.
struct Taken {
  std::string bytes;
  std::uint64_t file_bytes = kFileBytes;
  Pickle pickle = unpickle(bytes, kAdmitted, file_bytes, "w.pth");
  PickleValue root = pickle.root();
  PickleValue item(std::size_t i) const { return pickle.tuple(root)[static_cast<std::ptrdiff_t>(i)]; }
  std::int64_t number(std::size_t i) const { return pickle.integer(item(i)); }
  std::string_view text(std::size_t i) const { return pickle.text(item(i)); }
};

Taken take(const std::string& operations) { return {whole(operations)}; }

void expect_refused(const std::string& operations, const std::string& why) {
  expect_error<DataError>([&] { take(operations); }, {"w.pth: at byte", why, "torch.save("});
}

std::string repeated(const std::string& part, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += part;
  return all;
}

TEST(Unpickler, ReadsIntegersOfEveryWidthAndSign) {
  const Taken taken = take("(K\xffM" + little_endian(65535, 2) + "J" + little_endian(0xFFFFFFFE, 4) +
                           std::string("\x8a\x00", 2) + "\x8a\x01\xff" + integer(std::int64_t{1} << 40) + "t");
  const std::array<std::int64_t, 6> expected{255, 65535, -2, 0, -1, std::int64_t{1} << 40};
  ASSERT_EQ(taken.root.kind, Kind::kTuple);
  ASSERT_EQ(taken.pickle.tuple(taken.root).size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(taken.number(i), expected[i]);
}

TEST(Unpickler, ReadsScalarsAndText) {
  const Taken taken = take("(N\x88\x89G" + std::string(8, '\x3f') + text("größe") + "t");
  EXPECT_EQ(taken.item(0).kind, Kind::kNone);
  EXPECT_EQ(taken.item(1).at, 1u);
  EXPECT_EQ(taken.item(2).at, 0u);
  EXPECT_EQ(taken.item(3).kind, Kind::kFloat);
  EXPECT_EQ(taken.text(4), "größe");
}

TEST(Unpickler, ReadsTuplesOfEveryForm) {
  const Taken taken = take("()K\x01\x85K\x01K\x02\x86K\x01K\x02K\x03\x87(K\x01K\x02K\x03K\x04tt");
  ASSERT_EQ(taken.pickle.tuple(taken.root).size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(taken.item(i).kind, Kind::kTuple);
    EXPECT_EQ(taken.pickle.tuple(taken.item(i)).size(), i);
  }
}

TEST(Unpickler, FillsAListAndADictOneByOneAndAtOnce) {
  const Taken list = take(
      "]K\x01"
      "a(K\x02K\x03"
      "e");
  EXPECT_EQ(list.root.kind, Kind::kList);
  EXPECT_EQ(list.pickle.list(list.root).size(), 3u);
  const Taken dict = take("}" + text("a") + "K\x01s(" + text("b") + "K\x02" + text("c") + "K\x03u");
  EXPECT_EQ(dict.root.kind, Kind::kDict);
  EXPECT_EQ(dict.pickle.list(dict.root).size(), 6u);
  EXPECT_EQ(dict.pickle.text(dict.pickle.list(dict.root)[2]), "b");
}

TEST(Unpickler, TakesAnOrderedDictForADictAndLeavesItsAttributesOut) {
  const Taken taken = take(ordered_dict() + text("a") + "K\x01s" + dict(text("_metadata") + ordered_dict()) + "b");
  EXPECT_EQ(taken.root.kind, Kind::kDict);
  EXPECT_EQ(taken.pickle.list(taken.root).size(), 2u);
}

TEST(Unpickler, WritesACallDownWithoutMakingIt) {
  const Taken taken = take(global("torch", "Tensor") + tuple("K\x05") + "R");
  EXPECT_EQ(taken.root.kind, Kind::kCall);
  EXPECT_EQ(taken.text(0), "torch Tensor");
  EXPECT_EQ(taken.pickle.integer(taken.pickle.tuple(taken.item(1))[0]), 5);
}

TEST(Unpickler, RecallsWhatItRemembered) {
  const Taken taken =
      take("(" + text("a") + "q\x01" + text("b") + "r" + little_endian(2, 4) + "h\x01j" + little_endian(2, 4) + "t");
  EXPECT_EQ(taken.text(2), "a");
  EXPECT_EQ(taken.text(3), "b");
}

TEST(Unpickler, RefusesEveryOtherGlobal) {
  expect_refused(global("os", "system") + tuple(text("true")) + "R", "names 'os.system'");
  expect_refused(global("builtins", "eval"), "builtins.eval");
  expect_refused(global("torch Tensor\x1b[2J", ""), "torch Tensor?[2J");
  expect_refused(global("collections", "OrderedDict "), "collections.OrderedDict");
}

TEST(Unpickler, RefusesOperationsThatBuildOtherThings) {
  for (const char* operation :
       {"i", "o", "\x81", "\x82", "\x93", "\x8f", "S", "U", "C", "2", "0", "1", "\x95", "\x94", "P"}) {
    expect_refused(std::string("N") + operation, "which no state dict needs");
  }
}

TEST(Unpickler, RefusesOtherProtocols) {
  expect_error<DataError>([] { unpickle("\x80\x04N.", kAdmitted, kFileBytes, "w.pth"); }, {"protocol 2"});
  expect_error<DataError>([] { unpickle("(dp0\n.", kAdmitted, kFileBytes, "w.pth"); }, {"protocol 2"});
}

TEST(Unpickler, RecallsFromSlotsWithGapsBetween) {
  // As pickletools.optimize leaves them when it drops what is never recalled.
  const Taken taken =
      take("(K\x05r" + little_endian(200'000, 4) + "K\x06q\x01" + "j" + little_endian(200'000, 4) + "h\x01t");
  EXPECT_EQ(taken.number(2), 5);
  EXPECT_EQ(taken.number(3), 6);
  expect_refused("Nr" + little_endian(200'000, 4) + "h\x07", "never remembered");
}

TEST(Unpickler, RefusesToTakeWhatIsNotThere) {
  expect_refused("\x85", "no");
  expect_refused("t", "mark");
  expect_refused("N(K\x01\x86", "none");  // the second value lies below the mark
  expect_refused("R", "none");
  expect_refused("NR", "none");
  expect_refused("q\x01", "none");
  expect_refused("N(q\x01", "none");
  expect_refused("h\x07", "never remembered");
  expect_refused("NN", "end");
  expect_refused("(", "end");
  expect_refused("", "end");
  expect_refused("N.", "end");
}

TEST(Unpickler, RefusesOperationsOnTheWrongKind) {
  expect_refused(
      "NK\x01"
      "a",
      "puts items into None");
  expect_refused("]" + text("a") + "K\x01s", "puts items into a list");
  expect_refused("}(K\x01u", "without a value");
  expect_refused("N)R", "calls None");
  expect_refused(global("torch", "Tensor") + "NR", "calls torch.Tensor");
  expect_refused(global("collections", "OrderedDict") + tuple("K\x01") + "R", "OrderedDict");
  expect_refused("K\x05Q", "storage by a number");
  expect_refused("]Nb", "attributes of a list");
  expect_refused(std::string("\x8a\x09") + std::string(9, '\x01'), "64 bits");
}

TEST(Unpickler, RefusesEveryCut) {
  const std::string complete =
      whole(ordered_dict() + "q\x01(" + text("a") + global("torch", "Tensor") + tuple(integer(5)) + "Ru");
  EXPECT_NO_THROW(unpickle(complete, kAdmitted, kFileBytes, "w.pth"));
  for (std::size_t length = 0; length < complete.size(); ++length) {
    EXPECT_THROW(unpickle(std::string_view(complete).substr(0, length), kAdmitted, kFileBytes, "w.pth"), DataError)
        << length;
  }
}

TEST(Unpickler, RefusesATextLongerThanThePickle) { expect_refused("X" + little_endian(0xFFFFFFFF, 4), "cut short"); }

TEST(Unpickler, BoundsNestingAndTheStack) {
  expect_refused(repeated("(", 2000), "nests deeper");
  expect_refused(repeated("N", 70000), "stacks up");
  expect_refused(text(std::string(std::size_t{1} << 23, 'x')), "bytes, more than");
}

TEST(Unpickler, TakesNoMoreThanTwiceTheFileAndALittle) {
  const auto expect_bounded = [](const std::string& operations) {
    const std::string pickle = whole(operations);
    expect_error<DataError>(
        [&] { unpickle(pickle, kAdmitted, pickle.size(), "w.pth"); },
        {"w.pth: at byte", "asks for lists of more than", fmt::format("in a file of {} does not need", pickle.size())});
    EXPECT_NO_THROW(unpickle(pickle, kAdmitted, 64 * pickle.size(), "w.pth"));
  };
  expect_bounded(repeated("N", 50'000) + "\x85" + repeated("\x86", 49'999));
  expect_bounded(std::string("]") + repeated("]a", 10'000));
  expect_bounded(std::string("](") + repeated("N", 60'000) + "e" + repeated("(" + repeated("N", 60'000) + "e", 20));
  std::string puts = "N";
  for (std::uint64_t i = 0; i < 2000; ++i) puts += std::string("r") + little_endian(1000 * i, 4);
  expect_bounded(puts);
}

TEST(Unpickler, NestsAsDeepAsItMayWithoutRecursion) {
  // Tuples of one value need no mark; 200,000 of them would overflow the stack of a recursive reader.
  const Taken taken = take("N" + repeated("\x85", 200000));
  EXPECT_EQ(taken.root.kind, Kind::kTuple);
}

TEST(Unpickler, HoldsADictInsideItself) {
  const Taken taken = take("}q\x01" + text("a") + "h\x01s");
  EXPECT_EQ(taken.pickle.list(taken.root)[1].kind, Kind::kDict);
  EXPECT_EQ(taken.pickle.list(taken.root)[1].at, taken.root.at);
}

}  // namespace
}  // namespace segfold
