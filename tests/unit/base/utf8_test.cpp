#include "segfold/base/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace segfold {
namespace {

constexpr const char* kReplacement = "\xEF\xBF\xBD";

TEST(Utf8, ValidTextStaysAsItIs) {
  const std::string text = "zürich · mIoU 0–1 … 𝛼";
  EXPECT_EQ(printable_text(text), text);
}

TEST(Utf8, ControlCharactersAndInvalidBytesAreReplaced) {
  const std::string r = kReplacement;
  EXPECT_EQ(printable_text("a\nb\x7F"), "a" + r + "b" + r);
  EXPECT_EQ(printable_text("\xC2\x85"), r);  // U+0085, a control character
  EXPECT_EQ(printable_text("\xFF"), r);
  EXPECT_EQ(printable_text("\xC0\xAF"), r + r);                  // '/' in two bytes: not the shortest form
  EXPECT_EQ(printable_text("\xE0\x80\xAF"), r + r + r);          // and in three
  EXPECT_EQ(printable_text("\xED\xA0\x80"), r + r + r);          // a surrogate
  EXPECT_EQ(printable_text("\xF4\x90\x80\x80"), r + r + r + r);  // beyond U+10FFFF
  EXPECT_EQ(printable_text("ab\xE2\x80"), "ab" + r + r);         // cut off
  EXPECT_EQ(printable_text(std::string("\0", 1)), r);
}

TEST(Utf8, IsKnown) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("größe €"));
  EXPECT_FALSE(is_utf8("\xc3("));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));  // half a surrogate pair, which Python's pickles can hold
}

TEST(Utf8, SplitsIntoCharacters) {
  EXPECT_THAT(split_characters("aü…"), ::testing::ElementsAre("a", "ü", "…"));
  EXPECT_TRUE(split_characters("").empty());
}

TEST(Spelling, TellsNamesApartThatLookTheSame) {
  EXPECT_EQ(spelling("ulm_000000_000019"), "");
  EXPECT_EQ(spelling("z\xc3\xbcrich"), " (spelt z\\u00fcrich)");
  EXPECT_EQ(spelling("zu\xcc\x88rich"), " (spelt zu\\u0308rich)");
  EXPECT_EQ(spelling("a\xff"), " (spelt a\\xff)");
}

}  // namespace
}  // namespace segfold
