#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <stdexcept>

#include "segfold/base/file.h"
#include "segfold/nn/pth_file.h"
#include "segfold/nn/safetensors_file.h"
#include "tests/fuzz/untrusted.h"
#include "tests/fuzz/untrusted_picture.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

/// Reads every file of a folder of the corpus and counts those that are accepted and those that are refused.
void expect_sound(const char* folder, const std::function<bool(const fs::path&)>& is_accepted) {
  int accepted = 0;
  int refused = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(SEGFOLD_CORPUS) / folder)) {
    try {
      ++(is_accepted(entry.path()) ? accepted : refused);
    } catch (const std::logic_error& error) {
      ADD_FAILURE() << entry.path() << ": " << error.what();
    }
  }
  EXPECT_GT(accepted, 10);
  EXPECT_GT(refused, 10);
}

TEST(Corpus, PthFilesAreAcceptedOrRefusedWithinBounds) {
  expect_sound("pth", [](const fs::path& path) { return testing::is_accepted(read_pth, path); });
}

TEST(Corpus, SafetensorsFilesAreAcceptedOrRefusedWithinBounds) {
  expect_sound("safetensors", [](const fs::path& path) { return testing::is_accepted(read_safetensors, path); });
}

TEST(Corpus, PicturesAreDecodedAsLibspngDoesOrRefused) {
  expect_sound("png", [](const fs::path& path) { return testing::is_accepted_picture(read_file(path), path); });
}

}  // namespace
}  // namespace segfold
