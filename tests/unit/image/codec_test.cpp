#include "segfold/image/codec.h"

#include <gtest/gtest.h>
#include <spng.h>

#include <cstdlib>
#include <memory>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/random.h"
#include "tests/support/expect_error.h"
#include "tests/support/made_png.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::TemporaryFolder;

template <class T>
Raster<T> noise(Size size, int channels) {
  Raster<T> raster(size, channels);
  RandomStream random(random_key({"codec_test", size.width, channels}));
  for (T& value : raster.pixels) value = static_cast<T>(random.next());
  return raster;
}

/// A PNG of any kind, made without the code under test; all pixel bytes are `fill`.
std::string foreign_png(Size size, spng_color_type color_type, int bit_depth, int bytes_per_row, std::uint8_t fill,
                        spng_interlace_method interlace = SPNG_INTERLACE_NONE) {
  const std::unique_ptr<spng_ctx, decltype(&spng_ctx_free)> context(spng_ctx_new(SPNG_CTX_ENCODER), spng_ctx_free);
  spng_ihdr ihdr{};
  ihdr.height = static_cast<std::uint32_t>(size.height);
  ihdr.width = static_cast<std::uint32_t>(size.width);
  ihdr.color_type = static_cast<std::uint8_t>(color_type);
  ihdr.bit_depth = static_cast<std::uint8_t>(bit_depth);
  ihdr.interlace_method = static_cast<std::uint8_t>(interlace);
  spng_set_ihdr(context.get(), &ihdr);
  spng_set_option(context.get(), SPNG_ENCODE_TO_BUFFER, 1);
  spng_plte palette{};
  palette.n_entries = 8;
  for (auto& entry : palette.entries) entry.red = 200;
  if (color_type == SPNG_COLOR_TYPE_INDEXED) spng_set_plte(context.get(), &palette);
  const std::vector<std::uint8_t> pixels(static_cast<std::size_t>(size.height * bytes_per_row), fill);
  EXPECT_EQ(spng_encode_image(context.get(), pixels.data(), pixels.size(), SPNG_FMT_RAW, SPNG_ENCODE_FINALIZE),
            SPNG_OK);
  std::size_t bytes = 0;
  int status = 0;
  const std::unique_ptr<void, decltype(&std::free)> buffer(spng_get_png_buffer(context.get(), &bytes, &status),
                                                           std::free);
  return std::string(static_cast<const char*>(buffer.get()), bytes);
}

class Codec : public ::testing::Test {
 protected:
  std::filesystem::path write(const std::string& name, const std::string& bytes) const {
    write_file(folder_ / name, bytes);
    return folder_ / name;
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(Codec, ReadsBackThePhotoThatWasWritten) {
  const Image photo = noise<std::uint8_t>({37, 53}, 3);
  EXPECT_EQ(read_rgb_png(write("a.png", encode_png(photo))), photo);
}

TEST_F(Codec, ReadsBackTheLabelsThatWereWritten) {
  const Image labels = noise<std::uint8_t>({37, 53}, 1);
  EXPECT_EQ(read_label_png(write("a.png", encode_png(labels))), labels);
}

TEST_F(Codec, ReadsBackInstanceIdsInTheirByteOrder) {
  InstanceMap map({2, 2}, 1);
  map.pixels = {0, 7, 26001, 65535};
  EXPECT_EQ(read_instance_png(write("a.png", encode_png(map))), map);
}

TEST_F(Codec, WritesEqualBytesForEqualPictures) {
  const Image photo = noise<std::uint8_t>({64, 64}, 3);
  EXPECT_EQ(encode_png(photo), encode_png(photo));
}

TEST_F(Codec, TellsSizeAndKindFromTheHeaderAlone) {
  const std::string bytes = encode_png(noise<std::uint8_t>({5, 9}, 3)).substr(0, 40);
  const PngHeader header = read_png_header(write("a.png", bytes));
  EXPECT_EQ(header.size, (Size{5, 9}));
  EXPECT_EQ(header.channels, 3);
  EXPECT_EQ(header.bit_depth, 8);
  EXPECT_FALSE(header.palette);
}

TEST_F(Codec, ReadsPaletteLabelsAsIndicesNotColours) {
  const auto path = write("a.png", foreign_png({2, 3}, SPNG_COLOR_TYPE_INDEXED, 8, 3, 7));
  EXPECT_TRUE(read_png_header(path).palette);
  EXPECT_EQ(read_label_png(path), Image({2, 3}, 1, 7));
}

TEST_F(Codec, ReadsInterlacedPictures) {
  const auto path = write("a.png", foreign_png({9, 11}, SPNG_COLOR_TYPE_TRUECOLOR, 8, 33, 5, SPNG_INTERLACE_ADAM7));
  EXPECT_EQ(read_rgb_png(path), Image({9, 11}, 3, 5));
}

TEST_F(Codec, ReadsInterlacedLabelsInTheirOrder) {
  // One column, whose pixels are their rows: as long as without interlacing, but rows 0 and 8 come first, then 4, …
  std::string stored;
  for (const int row : {0, 8, 4, 2, 6, 1, 3, 5, 7}) stored += {0, static_cast<char>(row)};
  const std::string bytes =
      testing::png_start({9, 1}, 8, 1) + testing::chunk("IDAT", testing::zlib_stream(stored)) + testing::png_end();
  EXPECT_EQ(decode_label_png(bytes, "a.png").pixels, (std::vector<std::uint8_t>{0, 1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST_F(Codec, DecodesOneMapAfterTheOtherIntoTheSameMemory) {
  PngScratch scratch;
  Image labels;
  InstanceMap instances;
  for (const std::int64_t side : {5, 40, 1, 17}) {
    const Image expected_labels = noise<std::uint8_t>({side, 2 * side}, 1);
    decode_label_png(encode_png(expected_labels), "a.png", scratch, labels);
    EXPECT_EQ(labels, expected_labels);
    const InstanceMap expected_instances = noise<std::uint16_t>({side, 3 * side}, 1);
    decode_instance_png(encode_png(expected_instances), "a.png", scratch, instances);
    EXPECT_EQ(instances, expected_instances);
  }
}

TEST_F(Codec, ReadsLabelsWithHarmlessFaultsAsLibspngDoes) {
  const std::string start = testing::png_start({1, 2}, 8);
  const std::string pixels = testing::zlib_stream(std::string("\0\1\2", 3));
  const auto read = [](const std::string& bytes) { return decode_label_png(bytes, "a.png").pixels; };
  const std::vector<std::uint8_t> expected{1, 2};
  EXPECT_EQ(read(start + testing::chunk("IDAT", pixels + "x") + testing::png_end()), expected);
  EXPECT_EQ(read(start + testing::chunk("IDAT", pixels) + testing::png_end() + "x"), expected);
}

TEST_F(Codec, TakesEmptyPartsOfThePixelsButNotOnlySuch) {
  const std::string start = testing::png_start({1, 2}, 8);
  const std::string pixels = testing::zlib_stream(std::string("\0\1\2", 3));
  const std::string empty = testing::chunk("IDAT", "");
  const std::string half = testing::chunk("IDAT", pixels.substr(0, 4));
  const std::string rest = testing::chunk("IDAT", pixels.substr(4));
  for (const std::string& parts : {empty + half + rest, empty + empty + half + rest, half + empty + rest + empty})
    EXPECT_EQ(decode_label_png(start + parts + testing::png_end(), "a.png").pixels, (std::vector<std::uint8_t>{1, 2}));
  for (const std::string& parts : {empty, empty + empty})
    expect_error<DataError>([&] { decode_label_png(start + parts + testing::png_end(), "a.png"); }, {"a.png"});
}

TEST_F(Codec, RefusesAChunkThatItMustKnowAndDoesNot) {
  const std::string bytes = testing::png_start({1, 2}, 8) + testing::chunk("QQQQ", "") +
                            testing::chunk("IDAT", testing::zlib_stream(std::string("\0\1\2", 3))) + testing::png_end();
  expect_error<DataError>([&] { decode_label_png(bytes, "a.png"); }, {"a.png", "unknown critical chunk"});
}

TEST_F(Codec, RefusesLabelsOfAnotherKindAndSaysWhatWasFound) {
  const auto refuse = [&](const std::string& bytes, const std::string& found) {
    const auto path = write("x.png", bytes);
    expect_error<DataError>([&] { read_label_png(path); },
                            {path.string(), found, "expected a label map of grey or palette"});
  };
  refuse(encode_png(InstanceMap({2, 2}, 1, 300)), "16-bit grey");
  refuse(encode_png(Image({2, 2}, 3, 1)), "8-bit RGB");
  refuse(foreign_png({2, 2}, SPNG_COLOR_TYPE_TRUECOLOR_ALPHA, 8, 8, 1), "8-bit RGBA");
  refuse(foreign_png({2, 2}, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, 8, 4, 1), "8-bit grey + alpha");
}

TEST_F(Codec, RefusesPhotosOfAnotherKindAndSaysWhatWasFound) {
  const auto refuse = [&](const std::string& bytes, const std::string& found) {
    const auto path = write("x.png", bytes);
    expect_error<DataError>([&] { read_rgb_png(path); }, {path.string(), found, "expected an 8-bit RGB photo"});
  };
  refuse(encode_png(Image({2, 2}, 1, 1)), "8-bit grey");
  refuse(foreign_png({2, 2}, SPNG_COLOR_TYPE_TRUECOLOR, 16, 12, 1), "16-bit RGB");
  refuse(foreign_png({2, 2}, SPNG_COLOR_TYPE_GRAYSCALE_ALPHA, 8, 4, 1), "8-bit grey + alpha");
  refuse(foreign_png({2, 2}, SPNG_COLOR_TYPE_INDEXED, 8, 2, 1), "8-bit palette");
}

TEST_F(Codec, RefusesInstanceIdsOfEightBits) {
  const auto path = write("x.png", encode_png(Image({2, 2}, 1, 1)));
  expect_error<DataError>([&] { read_instance_png(path); }, {path.string(), "8-bit grey", "expected 16-bit grey"});
}

TEST_F(Codec, RefusesEveryTruncation) {
  const std::string bytes = encode_png(noise<std::uint8_t>({12, 12}, 3));
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    expect_error<DataError>([&] { decode_rgb_png(bytes.substr(0, length), "cut.png"); }, {"cut.png"});
  }
}

TEST_F(Codec, RefusesEveryFlippedBit) {
  const std::string bytes = encode_png(noise<std::uint8_t>({6, 7}, 1));
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string damaged = bytes;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    expect_error<DataError>([&] { decode_label_png(damaged, "flip.png"); }, {"flip.png"});
  }
}

TEST_F(Codec, SaysThatAnotherFormatIsNoPng) {
  const auto path = write("photo.png", std::string("\xff\xd8\xff\xe0") + std::string(100, 'j'));
  expect_error<DataError>([&] { read_rgb_png(path); }, {path.string(), "is no PNG file", "convert"});
}

TEST_F(Codec, RefusesAHugePictureBeforeAllocatingIt) {
  const auto path = write("bomb.png", foreign_png({16384, 8192}, SPNG_COLOR_TYPE_GRAYSCALE, 1, 1024, 0));
  expect_error<DataError>([&] { read_label_png(path); }, {path.string(), "16384x8192", "67108864"});
  expect_error<DataError>([&] { read_png_header(path); }, {path.string(), "16384x8192"});
}

TEST_F(Codec, SaysWhichFileIsMissing) {
  expect_error<NotFoundError>([] { read_rgb_png("/nowhere/a.png"); }, {"/nowhere/a.png", "no such file"});
  expect_error<NotFoundError>([] { read_png_header("/"); }, {"/", "folder"});
}

TEST_F(Codec, CarriesTextsBesideThePixels) {
  const std::map<std::string, std::string> texts{{"seal", "{\"sha256\": \"00\"}\nnext line"}, {"Title", "fold 0"}};
  const Image photo = noise<std::uint8_t>({4, 4}, 3);
  const auto path = write("a.png", encode_png(photo, texts));
  EXPECT_EQ(read_png_texts(path), texts);
  EXPECT_EQ(read_rgb_png(path), photo);
}

TEST_F(Codec, FindsNoTextsWhereThereAreNone) {
  EXPECT_TRUE(read_png_texts(write("a.png", encode_png(Image({2, 2}, 3)))).empty());
}

TEST_F(Codec, CannotWriteAnEmptyPictureOrABadText) {
  expect_error<InternalError>([] { encode_png(Image{}); }, {"0x0"});
  expect_error<InternalError>([] { encode_png(Image({1, 1}, 2)); }, {"2 channels"});
  expect_error<InternalError>([] { encode_png(Image({1, 1}, 1), {{"", "text"}}); }, {"keyword"});
}

TEST_F(Codec, PassesOverAChunkBesideThePixelsWhoseChecksumIsWrong) {
  std::string text = testing::chunk("tEXt", std::string("Comment\0made by hand", 20));
  text.back() ^= 1;
  const std::string row = testing::zlib_stream(std::string("\0\7", 2));
  const std::string bytes = testing::png_start({1, 1}, 8) + text + testing::chunk("IDAT", row) + testing::png_end();
  EXPECT_EQ(decode_label_png(bytes, "x.png").pixels, std::vector<std::uint8_t>{7});
  std::string wrong = testing::png_start({1, 1}, 8) + testing::chunk("IDAT", row);
  wrong.back() ^= 1;
  expect_error<DataError>([&] { decode_label_png(wrong + testing::png_end(), "x.png"); }, {"x.png", "damaged"});
}

TEST_F(Codec, ReadsLabelsOfFewerThanEightBits) {
  // Five pixels a row, each row from a byte of its own: 1 bit 10110 01001, 2 bits 3 0 2 1 3, 4 bits 15 0 7 8 1.
  const auto decode = [](char depth, const std::string& rows, Size size) {
    return decode_label_png(testing::png_start(size, depth) + testing::chunk("IDAT", testing::zlib_stream(rows)) +
                                testing::png_end(),
                            "x.png")
        .pixels;
  };
  using Ids = std::vector<std::uint8_t>;
  EXPECT_EQ(decode(1, std::string("\0\xb0\0\x48", 4), {2, 5}), (Ids{1, 0, 1, 1, 0, 0, 1, 0, 0, 1}));
  EXPECT_EQ(decode(2, std::string("\0\xc9\xc0", 3), {1, 5}), (Ids{3, 0, 2, 1, 3}));
  EXPECT_EQ(decode(4, std::string("\0\xf0\x78\x10", 4), {1, 5}), (Ids{15, 0, 7, 8, 1}));
  const std::string palette = foreign_png({3, 3}, SPNG_COLOR_TYPE_INDEXED, 4, 2, 0x77);
  EXPECT_EQ(decode_label_png(palette, "x.png"), Image({3, 3}, 1, 7)) << "indices, not colours";
  const std::string interlaced = foreign_png({9, 11}, SPNG_COLOR_TYPE_GRAYSCALE, 4, 6, 0x55, SPNG_INTERLACE_ADAM7);
  EXPECT_EQ(decode_label_png(interlaced, "x.png"), Image({9, 11}, 1, 5));
}

TEST_F(Codec, AsksForNoMemoryThatTheFileCannotFill) {
  const std::string bytes = testing::png_start({8000, 8000}, 8) +
                            testing::chunk("IDAT", testing::zlib_stream(std::string(100, '\0'))) + testing::png_end();
  PngScratch scratch;
  Image labels;
  expect_error<DataError>([&] { decode_label_png(bytes, "x.png", scratch, labels); }, {"x.png", "damaged"});
  EXPECT_EQ(labels.pixels.capacity() + scratch.rows.capacity(), 0U);
}

TEST_F(Codec, ReadsPicturesThatAreNothingButOneColour) {
  const Image black({2000, 2000}, 1);
  const std::string bytes = testing::png_start(black.size, 8) +
                            testing::chunk("IDAT", testing::zlib_stream(std::string(2000 * 2001, '\0'))) +
                            testing::png_end();
  EXPECT_EQ(decode_label_png(bytes, "x.png"), black) << "a thousandth of its size";
}

TEST_F(Codec, SaysWhatLiesInThePlaceOfAPicture) {
  expect_error<DataError>([] { decode_rgb_png("version https://git-lfs.github.com/spec/v1\n", "x.png"); },
                          {"x.png: is a git-lfs pointer; fetch"});
  expect_error<DataError>([] { decode_rgb_png("<html>", "x.png"); }, {"x.png: is a web page"});
}

}  // namespace
}  // namespace segfold
