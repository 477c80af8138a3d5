#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "segfold/base/seal.h"

namespace segfold {

/// One epoch of a training. The last three are timings and outside every claim of byte identity.
struct HistoryRow {
  int epoch = 0;                       ///< from 1
  double lr = 0;                       ///< learning rate the epoch was trained with
  double train_loss = 0;               ///< mean over the epoch's valid pixels
  std::optional<double> val_loss;      ///< likewise on the held-out fold
  std::optional<double> lowres_miou;   ///< held-out fold, at the network's input size
  std::optional<double> fullres_miou;  ///< official validation split, at the labels' own size
  double seconds = 0;
  double images_per_second = 0;
  double data_wait = 0;  ///< share of the time spent waiting for data, 0–1
};

/// history.csv: `epoch,lr,train_loss,val_loss,lowres_miou,fullres_miou,seconds,images_per_second,data_wait`, numbers in
/// their shortest form that reads back equal, empty where not measured.
std::string history_csv(const std::vector<HistoryRow>& rows);
/// @param origin  names the text in errors. @throws DataError naming the line that is none of such a history.
std::vector<HistoryRow> parse_history_csv(const std::string& text, const std::string& origin);

/// SHA-256 of the rows without their timings: equal trainings give an equal digest.
std::string scores_digest(std::vector<HistoryRow> rows);

struct History {
  std::vector<HistoryRow> rows;
  Seal seal;
};
/// Reads history.csv and its seal. @throws as read_sealed_text, DataError naming the line.
History read_history(const std::filesystem::path& path);

}  // namespace segfold
