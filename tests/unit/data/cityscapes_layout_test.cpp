#include "segfold/data/cityscapes_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "segfold/base/error.h"
#include "tests/support/expect_error.h"
#include "tests/support/temporary_folder.h"

namespace segfold {
namespace {

using ::segfold::testing::expect_error;
using ::segfold::testing::TemporaryFolder;
namespace fs = std::filesystem;

void expect_error_of_code(ExitCode code, const std::function<void()>& find, std::initializer_list<std::string> parts) {
  try {
    find();
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    for (const std::string& part : parts) EXPECT_THAT(error.what(), ::testing::HasSubstr(part));
  }
}

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
    expect_error_of_code(code, [&] { find_cityscapes_samples(images(), labels()); }, parts);
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

/// Truth with instances, and predictions.
class ScoredPairs : public CityscapesLayout {
 protected:
  fs::path predictions() const { return images(); }
  void add_truth(const std::string& city, const std::string& numbers) const {
    add_label(city, city + numbers);
    touch(labels() / city / (city + numbers + "_gtFine_instanceIds.png"));
  }
  void expect_refusal_of_pairs(ExitCode code, std::initializer_list<std::string> parts) const {
    expect_error_of_code(code, [&] { find_scored_pairs(predictions(), labels()); }, parts);
  }
};

TEST_F(ScoredPairs, AreFoundAtAnyDepthSortedByName) {
  add_truth("ulm", "_000001_000019");
  add_truth("aachen", "_000000_000019");
  touch(predictions() / "a/b/c/d/ulm_000001_000019.png");
  touch(predictions() / "aachen_000000_000019_predictionLabelIds.png");
  const auto pairs = find_scored_pairs(predictions(), labels());
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[0].name, "aachen_000000_000019");
  EXPECT_EQ(pairs[0].prediction, predictions() / "aachen_000000_000019_predictionLabelIds.png");
  EXPECT_EQ(pairs[1].prediction, predictions() / "a/b/c/d/ulm_000001_000019.png");
  EXPECT_EQ(pairs[1].label, labels() / "ulm/ulm_000001_000019_gtFine_labelIds.png");
  EXPECT_EQ(pairs[1].instances, labels() / "ulm/ulm_000001_000019_gtFine_instanceIds.png");
}

TEST_F(ScoredPairs, PassOverOtherPicturesAndHiddenCopies) {
  add_truth("ulm", "_000001_000019");
  for (const char* name :
       {"ulm_000001_000019.png", "ulm_000001_000020.png", "ulm_000001_000019.txt", ".ulm_000001_000019.png",
        ".snapshot/ulm_000001_000019.png", "x/.ipynb_checkpoints/y/ulm_000001_000019.png"})
    touch(predictions() / name);
  const auto pairs = find_scored_pairs(predictions(), labels());
  ASSERT_EQ(pairs.size(), 1U);
  EXPECT_EQ(pairs[0].prediction, predictions() / "ulm_000001_000019.png");
}

TEST_F(ScoredPairs, KnowOnePredictionThatSeveralPathsLeadTo) {
  add_truth("ulm", "_000001_000019");
  touch(predictions() / "run/ulm_000001_000019.png");
  fs::create_directory_symlink(predictions() / "run", predictions() / "latest");
  fs::create_directory_symlink(predictions(), predictions() / "run/all");
  fs::create_symlink("ulm_000001_000019.png", predictions() / "run/ulm_000001_000019_prediction.png");
  touch(predictions() / "@eaDir/ulm_000001_000019.png");
  EXPECT_EQ(find_scored_pairs(predictions(), labels()).size(), 1U);
  touch(predictions() / "run/ulm_000001_000019_second.png");
  expect_refusal_of_pairs(ExitCode::kData, {"several predictions", "ulm_000001_000019_second.png"});
}

TEST_F(ScoredPairs, ListEveryFault) {
  add_truth("ulm", "_000001_000019");
  add_truth("aachen", "_000000_000019");
  add_label("bonn", "bonn_000000_000019");
  touch(predictions() / "bonn_000000_000019.png");
  touch(predictions() / "ulm_000001_000019.png");
  touch(predictions() / "deep/ulm_000001_000019_again.png");
  expect_refusal_of_pairs(ExitCode::kData,
                          {"3 problems, nothing was scored", "aachen_000000_000019_gtFine_labelIds.png: its prediction",
                           "its instance map bonn_000000_000019_gtFine_instanceIds.png is missing",
                           "ulm_000001_000019_gtFine_labelIds.png: has several predictions"});
}

TEST_F(ScoredPairs, SayThatAnInstanceMapCannotBeReached) {
  add_label("ulm", "ulm_000001_000019");
  touch(predictions() / "ulm_000001_000019.png");
  const fs::path instances = labels() / "ulm/ulm_000001_000019_gtFine_instanceIds.png";
  fs::create_symlink(instances, instances);  // a link to itself is an error to look up
  expect_refusal_of_pairs(ExitCode::kNotFound, {"its instance map"});
}

TEST_F(ScoredPairs, NeedPredictions) {
  add_truth("ulm", "_000001_000019");
  expect_refusal_of_pairs(ExitCode::kNotFound, {predictions().string(), "holds no *.png", "eval-fold --predictions"});
}

TEST_F(CityscapesLayout, KnowsFilesByWhatTheyAreNotByTheirPaths) {
  add("ulm", "_000000_000019");
  fs::create_directory_symlink(images(), images() / "all");               // a folder linked into itself
  fs::create_directory_symlink(images() / "ulm", images() / "zulm");      // a folder that is there twice
  fs::create_symlink(images() / "ulm/ulm_000000_000019_leftImg8bit.png",  // and a file
                     images() / "ulm_000000_000019_leftImg8bit.png");
  EXPECT_EQ(find_cityscapes_samples(images(), labels()).size(), 1U);
}

TEST_F(CityscapesLayout, ReachesAFolderByItsShortestPath) {
  add("ulm", "_000000_000019");
  const fs::path all = images().parent_path();
  fs::create_directories(all / "also");
  fs::create_directory_symlink(images(), all / "also/first");  // so deep that the cities' folders are out of reach
  EXPECT_EQ(find_cityscapes_samples(all, labels().parent_path()).size(), 1U);
}

TEST_F(CityscapesLayout, EndsWhereTwoFoldersAreLinkedIntoEachOther) {
  add("ulm", "_000000_000019");
  add("bonn", "_000000_000019");
  fs::create_directory_symlink(images() / "bonn", images() / "ulm/other");
  fs::create_directory_symlink(images() / "ulm", images() / "bonn/other");
  EXPECT_EQ(find_cityscapes_samples(images(), labels()).size(), 2U);
}

TEST_F(CityscapesLayout, StillRefusesTwoFilesOfOneName) {
  add("ulm", "_000000_000019");
  fs::create_directories(images() / "copy");
  fs::copy(images() / "ulm/ulm_000000_000019_leftImg8bit.png", images() / "copy");
  expect_refusal(ExitCode::kData, {"twice"});
}

TEST_F(CityscapesLayout, PassesOverFoldersThatSystemsLeave) {
  add("ulm", "_000000_000019");
  for (const char* folder : {"@eaDir", "#recycle", "lost+found", "__MACOSX", ".ipynb_checkpoints"}) {
    add_image(folder, "ulm_000000_000019");
    touch(images() / "ulm" / folder / "preview.jpg");
  }
  EXPECT_EQ(find_cityscapes_samples(images(), labels()).size(), 1U);
}

TEST_F(CityscapesLayout, TellsNamesApartThatLookTheSame) {
  add_image("a", "z\xc3\xbcrich_000000_000019");
  add_label("a", "zu\xcc\x88rich_000000_000019");
  expect_refusal(ExitCode::kNotFound, {"(spelt z\\u00fcrich_000000_000019)", "(spelt zu\\u0308rich_000000_000019)"});
}

}  // namespace
}  // namespace segfold
