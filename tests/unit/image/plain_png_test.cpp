#include "segfold/image/plain_png.h"

#include <gtest/gtest.h>
#include <spng.h>

#include <cstring>
#include <optional>

#include "segfold/base/random.h"
#include "segfold/image/codec.h"
#include "tests/support/made_png.h"

namespace segfold {
namespace {

using testing::chunk;
using testing::png_end;
using testing::png_start;
using testing::zlib_stream;

template <class T>
using Pixels = std::optional<std::vector<T>>;

template <class T>
Pixels<T> ours(const std::string& bytes, Size size, PngScratch& scratch) {
  std::vector<T> pixels(static_cast<std::size_t>(size.area()));
  if (!decode_plain_png(bytes, size, std::span(pixels), scratch)) return std::nullopt;
  return pixels;
}

template <class T>
Pixels<T> ours(const std::string& bytes, Size size) {
  PngScratch scratch;
  return ours<T>(bytes, size, scratch);
}

/// What libspng makes of the file.
template <class T>
Pixels<T> theirs(const std::string& bytes, Size size) {
  const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> context(spng_ctx_new(0), spng_ctx_free);
  spng_set_crc_action(context.get(), SPNG_CRC_ERROR, SPNG_CRC_ERROR);
  spng_set_png_buffer(context.get(), bytes.data(), bytes.size());
  std::vector<T> pixels(static_cast<std::size_t>(size.area()));
  if (spng_decode_image(context.get(), pixels.data(), pixels.size() * sizeof(T), SPNG_FMT_PNG, 0) != SPNG_OK ||
      spng_decode_chunks(context.get()) != SPNG_OK) {
    return std::nullopt;
  }
  return pixels;
}

/// Rows of areas and of noise in turn, each behind its filter's byte. @param filter  of all rows; 5: any
template <class T>
std::string stored_rows(Size size, int filter, RandomStream& random) {
  std::string stored;
  const auto row_bytes = static_cast<std::size_t>(size.width) * sizeof(T);
  for (std::int64_t y = 0; y < size.height; ++y) {
    const int of_row = filter == 5 ? static_cast<int>(random.below(5)) : filter;
    stored += static_cast<char>(of_row);
    for (std::size_t i = 0; i < row_bytes; ++i) {
      stored += static_cast<char>(random.chance(y % 4 == 0 ? 0.8 : 0.03) ? random.below(256) : 0);
    }
  }
  return stored;
}

std::string png_of(Size size, int bit_depth, const std::string& compressed) {
  return png_start(size, static_cast<char>(bit_depth)) + chunk("IDAT", compressed) + png_end();
}

constexpr Size kSmall{2, 3};
const std::string kSmallRows{"\0\1\2\3\0\4\5\6", 8};
const std::vector<std::uint8_t> kSmallPixels{1, 2, 3, 4, 5, 6};

void expect_left(const std::string& bytes, const std::string& why) {
  EXPECT_FALSE(ours<std::uint8_t>(bytes, kSmall)) << why;
}

template <class T>
void expect_equal_pixels(RandomStream& random) {
  PngScratch scratch;  // of larger pictures and of smaller ones
  for (int filter = 0; filter <= 5; ++filter) {
    for (const Size size :
         {Size{1, 1}, Size{9, 1}, Size{1, 9}, Size{5, 16}, Size{40, 17}, Size{7, 18}, Size{30, 133}}) {
      const std::string bytes = png_of(size, sizeof(T) * 8, zlib_stream(stored_rows<T>(size, filter, random)));
      const Pixels<T> expected = theirs<T>(bytes, size);
      ASSERT_TRUE(expected);
      EXPECT_EQ(ours<T>(bytes, size, scratch), expected) << "filter " << filter << ", " << to_string(size);
    }
  }
}

TEST(PlainPng, GivesLibspngsPixelsWhateverTheFilterAndTheSize) {
  RandomStream random(random_key({"plain_png_test"}));
  expect_equal_pixels<std::uint8_t>(random);
  expect_equal_pixels<std::uint16_t>(random);
}

TEST(PlainPng, ReadsWhatLibspngWrote) {
  Image labels({33, 21}, 1, 7);
  labels.at(3, 4) = 26;
  EXPECT_EQ(ours<std::uint8_t>(encode_png(labels), labels.size), labels.pixels);
  InstanceMap instances({33, 21}, 1, 26001);
  instances.at(32, 20) = 258;
  EXPECT_EQ(ours<std::uint16_t>(encode_png(instances), instances.size), instances.pixels);
}

TEST(PlainPng, ReadsPixelsInSeveralChunks) {
  const std::string compressed = zlib_stream(kSmallRows);
  std::string bytes = png_start(kSmall, 8) + chunk("IDAT", "");
  for (const char byte : compressed) bytes += chunk("IDAT", {byte});
  bytes += png_end();
  PngScratch scratch;
  EXPECT_EQ(ours<std::uint8_t>(bytes, kSmall, scratch), kSmallPixels);
  EXPECT_EQ(ours<std::uint8_t>(bytes, kSmall, scratch), kSmallPixels) << "with the memory of the first";
  EXPECT_EQ(theirs<std::uint8_t>(bytes, kSmall), kSmallPixels);
}

TEST(PlainPng, PassesOverWhatStandsBeforeThePixels) {
  const std::string bytes = png_start(kSmall, 8) + chunk("tEXt", std::string("Title\0road", 10)) +
                            chunk("IDAT", zlib_stream(kSmallRows)) + png_end();
  EXPECT_EQ(ours<std::uint8_t>(bytes, kSmall), kSmallPixels);
}

TEST(PlainPng, LeavesToLibspngWhatIsNoWholePicture) {
  const std::string good = zlib_stream(kSmallRows);
  expect_left(png_of(kSmall, 8, zlib_stream(kSmallRows.substr(0, 7))), "a byte too few");
  expect_left(png_of(kSmall, 8, zlib_stream(kSmallRows + "\7")), "a byte too many");
  expect_left(png_of(kSmall, 8, good + "x"), "a byte behind the compressed data");
  expect_left(png_of(kSmall, 8, good.substr(0, good.size() - 1)), "cut compressed data");
  expect_left(png_of(kSmall, 8, ""), "no compressed data");
  expect_left(png_of(kSmall, 8, zlib_stream(std::string("\0\1\2\3\5\4\5\6", 8))), "an unknown filter");
  std::string other_sum = good;
  other_sum.back() = static_cast<char>(other_sum.back() ^ 1);
  expect_left(png_of(kSmall, 8, other_sum), "another Adler-32");
}

TEST(PlainPng, LeavesToLibspngWhatIsNoFaultlessFile) {
  const std::string pixels = chunk("IDAT", zlib_stream(kSmallRows));
  const std::string start = png_start(kSmall, 8);
  expect_left(start + png_end(), "no pixels");
  expect_left(start + pixels, "no end");
  expect_left(start + pixels + png_end() + "x", "a byte behind the end");
  expect_left(start + pixels + chunk("IEND", "x"), "an end with content");
  expect_left(start + pixels + chunk("teXt", ""), "another chunk as the end");
  expect_left(start + pixels + chunk("tIME", "1234567") + png_end(), "a chunk behind the pixels");
  const std::string whole = start + pixels + png_end();
  for (std::size_t length = 0; length < whole.size(); ++length) expect_left(whole.substr(0, length), "a cut");
  for (std::size_t bit = start.size() * 8; bit < whole.size() * 8; ++bit) {
    std::string damaged = whole;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    expect_left(damaged, "a flipped bit");
  }
  const std::string endless = std::string("\x7f\xff\xff\xff", 4) + "IDAT";
  expect_left(start + endless, "a chunk longer than the file");
  expect_left(start + std::string("\xff\xff\xff\xff", 4) + "IDAT" + std::string(20, 'x'), "a length that overflows");
}

TEST(PlainPng, TakesOnlyDamageThatChangesNoPixel) {
  RandomStream random(random_key({"plain_png_test", "damage"}));
  const Size size{12, 31};
  const std::string good = zlib_stream(stored_rows<std::uint8_t>(size, 5, random));
  const Pixels<std::uint8_t> pixels = theirs<std::uint8_t>(png_of(size, 8, good), size);
  int taken = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string damaged = good;
    for (std::uint64_t flips = 1 + random.below(3); flips > 0; --flips) {
      const std::size_t bit = random.below(damaged.size() * 8);
      damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    }
    const std::string bytes = png_of(size, 8, damaged);  // with checksums of the chunks that fit
    const Pixels<std::uint8_t> mine = ours<std::uint8_t>(bytes, size);
    if (!mine) continue;
    ++taken;
    EXPECT_EQ(mine, pixels);
  }
  EXPECT_LT(taken, 50);  // bits of the stream that say nothing
}

TEST(FindPngText, FindsTheTextOfAKeywordBeforeThePixels) {
  const std::string bytes = encode_png(Image({2, 2}, 1, 7), {{"seal", "{}"}, {"sea", "x"}});
  EXPECT_EQ(find_png_text(bytes, "seal"), "{}");
  EXPECT_EQ(find_png_text(bytes, "sea"), "x");
  EXPECT_EQ(find_png_text(bytes, "se"), "");
  EXPECT_EQ(find_png_text("no picture", "seal"), "");
}

}  // namespace
}  // namespace segfold
