#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/text.h"
#include "segfold/stages/aggregate.h"
#include "tests/support/expect_error.h"
#include "tests/support/small_study.h"
#include "tests/support/temporary_folder.h"

namespace segfold::testing {

/// Three folds with full-resolution mIoUs of 1/3, 1/4 and 0.
inline std::vector<MadeUpFold> three_folds(const std::string& experiment = "unet") {
  std::vector<MadeUpFold> folds(3);
  const std::uint64_t right[] = {50, 40, 0};
  for (int i = 0; i < 3; ++i) {
    folds[static_cast<std::size_t>(i)].experiment = experiment;
    folds[static_cast<std::size_t>(i)].fold = i;
    folds[static_cast<std::size_t>(i)].fullres_right = right[i];
  }
  return folds;
}

/// Writes the folds and names their files as a user would.
inline AggregateOptions options_for(const std::filesystem::path& folder, const std::vector<MadeUpFold>& folds) {
  AggregateOptions options;
  for (const MadeUpFold& fold : folds) {
    fold.write(folder);
    options.metrics.push_back(fold.held_out_path(folder));
    options.metrics.push_back(fold.official_path(folder));
    options.histories.push_back(fold.history_path(folder));
  }
  options.output = folder / "summary_metrics.csv";
  return options;
}

/// Expects that the three folds are refused after a change, and that nothing is written.
inline void expect_refused(const std::function<void(std::vector<MadeUpFold>&)>& change,
                           std::initializer_list<std::string> parts) {
  const TemporaryFolder folder;
  auto folds = three_folds();
  change(folds);
  const AggregateOptions options = options_for(folder.path(), folds);
  expect_error<DataError>([&] { aggregate(options); }, parts);
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

inline std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& path) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string& line : split_text(read_file(path), '\n')) {
    if (!line.empty()) rows.push_back(split_text(line, ','));
  }
  return rows;
}

}  // namespace segfold::testing
