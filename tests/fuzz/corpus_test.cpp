#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "segfold/nn/pth_file.h"
#include "segfold/nn/safetensors_file.h"
#include "tests/fuzz/untrusted.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

/// Reads every file of a folder of the corpus and counts those that are accepted and those that are refused.
void expect_sound(testing::WeightReader read, const char* folder) {
  int accepted = 0;
  int refused = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(fs::path(SEGFOLD_CORPUS) / folder)) {
    try {
      ++(testing::is_accepted(read, entry.path()) ? accepted : refused);
    } catch (const std::logic_error& error) {
      ADD_FAILURE() << entry.path() << ": " << error.what();
    }
  }
  EXPECT_GT(accepted, 10);
  EXPECT_GT(refused, 10);
}

TEST(Corpus, PthFilesAreAcceptedOrRefusedWithinBounds) { expect_sound(read_pth, "pth"); }

TEST(Corpus, SafetensorsFilesAreAcceptedOrRefusedWithinBounds) { expect_sound(read_safetensors, "safetensors"); }

}  // namespace
}  // namespace segfold
