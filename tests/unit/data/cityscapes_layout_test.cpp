#include "segfold/data/cityscapes_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::TemporaryFolder;
namespace fs = std::filesystem;

/// Folders with empty files: only names count here.
class CityscapesLayout : public ::testing::Test {
 protected:
  CityscapesLayout() {
    fs::create_directories(images());
    fs::create_directories(labels());
  }

  fs::path images() const { return folder_ / "leftImg8bit/train"; }
  fs::path labels() const { return folder_ / "gtFine/train"; }

  static void touch(const fs::path& path) {
    fs::create_directories(path.parent_path());
    std::ofstream file(path);
  }
  void add_image(const std::string& city, const std::string& name) const {
    touch(images() / city / (name + "_leftImg8bit.png"));
  }
  void add_label(const std::string& city, const std::string& name) const {
    touch(labels() / city / (name + "_gtFine_labelIds.png"));
  }
  void add(const std::string& city, const std::string& numbers) const {
    add_image(city, city + numbers);
    add_label(city, city + numbers);
  }

  void expect_refusal(ExitCode code, std::initializer_list<std::string> parts) const {
    try {
      find_cityscapes_samples(images(), labels());
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      for (const std::string& part : parts) EXPECT_THAT(error.what(), ::testing::HasSubstr(part));
    }
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(CityscapesLayout, PairsPhotosAndLabelsSortedByNameWithTheCityAsGroup) {
  add("ulm", "_000001_000019");
  add("aachen", "_000002_000019");
  add("aachen", "_000000_000019");
  const auto samples = find_cityscapes_samples(images(), labels());
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[0].name, "aachen_000000_000019");
  EXPECT_EQ(samples[1].name, "aachen_000002_000019");
  EXPECT_EQ(samples[2].name, "ulm_000001_000019");
  EXPECT_EQ(samples[2].group, "ulm");
  EXPECT_EQ(samples[2].image, images() / "ulm/ulm_000001_000019_leftImg8bit.png");
  EXPECT_EQ(samples[2].label, labels() / "ulm/ulm_000001_000019_gtFine_labelIds.png");
}

TEST_F(CityscapesLayout, AcceptsTheFolderOfOneCityAndTheFolderOfAllSplits) {
  add("aachen", "_000000_000019");
  EXPECT_EQ(find_cityscapes_samples(images() / "aachen", labels() / "aachen").size(), 1U);
  EXPECT_EQ(find_cityscapes_samples(images().parent_path(), labels().parent_path()).size(), 1U);
}

TEST_F(CityscapesLayout, PassesOverHiddenFilesTextsAndTheOtherPicturesOfGtFine) {
  add("aachen", "_000000_000019");
  for (const char* name :
       {".DS_Store", "._aachen_000000_000019_leftImg8bit.png", ".cache/a.png", "README", "license.txt"})
    touch(images() / name);
  for (const char* ending : {"color.png", "instanceIds.png", "labelTrainIds.png", "polygons.json"}) {
    touch(labels() / "aachen" / (std::string("aachen_000000_000019_gtFine_") + ending));
  }
  EXPECT_EQ(find_cityscapes_samples(images(), labels()).size(), 1U);
}

TEST_F(CityscapesLayout, ListsEveryPhotoWithoutLabelsAndTheReverse) {
  add("aachen", "_000000_000019");
  add_image("aachen", "aachen_000001_000019");
  add_image("ulm", "ulm_000001_000019");
  add_label("ulm", "ulm_000002_000019");
  expect_refusal(ExitCode::kNotFound, {"3 problems", "aachen_000001_000019_leftImg8bit.png: its label map",
                                       "ulm_000001_000019_leftImg8bit.png: its label map",
                                       "ulm_000002_000019_gtFine_labelIds.png: its photo"});
}

TEST_F(CityscapesLayout, ListsPicturesOfAnotherName) {
  add("aachen", "_000000_000019");
  touch(images() / "aachen/holiday.JPG");
  add_image("aachen", "aachen_1_000019");
  add_image("aachen", "aachen_00000x_000019");
  add_image("aachen", "_000000_000019");
  touch(labels() / "aachen/mask.png");
  expect_refusal(ExitCode::kData,
                 {"5 problems", "holiday.JPG: not named as photos are", "aachen_1_000019_leftImg8bit.png: not named",
                  "aachen_00000x_000019_leftImg8bit.png: not named", "/_000000_000019_leftImg8bit.png: not named",
                  "mask.png: not named as label maps are"});
}

TEST_F(CityscapesLayout, RefusesANameThatStandsTwice) {
  add("aachen", "_000000_000019");
  add_image("other", "aachen_000000_000019");
  expect_refusal(ExitCode::kData,
                 {"other/aachen_000000_000019_leftImg8bit.png", "twice", "train/aachen/aachen_000000_000019"});
}

TEST_F(CityscapesLayout, RefusesAFolderNamedLikeAPhoto) {
  add("aachen", "_000000_000019");
  fs::create_directories(images() / "aachen/aachen_000001_000019_leftImg8bit.png");
  expect_refusal(ExitCode::kNotFound, {"aachen_000001_000019_leftImg8bit.png", "is a folder"});
}

TEST_F(CityscapesLayout, SaysThatAFolderIsTheWrongOneInsteadOfListingIt) {
  add("aachen", "_000000_000019");
  touch(images() / "holiday.jpg");
  expect_error<NotFoundError>([&] { find_cityscapes_samples(images(), images()); },
                              {images().string(), "holds no label maps (*_gtFine_labelIds.png) among its 2 pictures"});
}

TEST_F(CityscapesLayout, RefusesMissingAndEmptyFoldersWithTheRemedy) {
  expect_refusal(ExitCode::kNotFound, {images().string(), "holds no photos", "give the folder of a split"});
  add_image("aachen", "aachen_000000_000019");
  expect_refusal(ExitCode::kNotFound, {labels().string(), "holds no label maps", "give the folder of a split"});
  expect_error<NotFoundError>([&] { find_cityscapes_samples(images() / "nowhere", labels()); },
                              {"nowhere", "no such folder"});
}

}  // namespace
}  // namespace segfold
