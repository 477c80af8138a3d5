#include "segfold/report/figure.h"

#include <gtest/gtest.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/image/codec.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using testing::expect_error;
using testing::TemporaryFolder;

Image picture() {
  Image image(Size{4, 5}, 3, 200);
  image.at(2, 3, 1) = 17;
  return image;
}

Seal seal() {
  return {"visualize", 1, {{"command", "curves"}, {"title", "unet · fold 0"}}, {{"history-0", "ab12"}}, ""};
}

TEST(Figure, CarriesItsSeal) {
  const TemporaryFolder folder;
  write_figure(folder / "a.png", picture(), seal());
  const Seal read = read_figure_seal(folder / "a.png");
  EXPECT_EQ(read.tool, "visualize");
  EXPECT_EQ(read.parameters, seal().parameters);
  EXPECT_EQ(read.inputs, seal().inputs);
  EXPECT_EQ(read.content.size(), 64u);
  EXPECT_EQ(read_rgb_png(folder / "a.png"), picture());
}

TEST(Figure, EqualPicturesGiveEqualBytes) {
  const TemporaryFolder folder;
  write_figure(folder / "a.png", picture(), seal());
  write_figure(folder / "b.png", picture(), seal());
  EXPECT_EQ(read_file(folder / "a.png"), read_file(folder / "b.png"));
}

TEST(Figure, ChangedPixelsDoNotMatchTheSeal) {
  const TemporaryFolder folder;
  write_figure(folder / "a.png", picture(), seal());
  Image other = picture();
  other.at(0, 0) = 199;
  write_file(folder / "b.png", encode_png(other, read_png_texts(folder / "a.png")));
  expect_error<DataError>([&] { read_figure_seal(folder / "b.png"); }, {"b.png", "changed or damaged"});
}

TEST(Figure, APictureWithoutSealIsRefused) {
  const TemporaryFolder folder;
  write_file(folder / "a.png", encode_png(picture()));
  expect_error<DataError>([&] { read_figure_seal(folder / "a.png"); }, {"a.png", "no seal"});
}

}  // namespace
}  // namespace segfold
