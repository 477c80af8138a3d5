#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace segfold {

/// Whether file systems, desktops and archives leave files or folders of this name among everybody's.
bool is_left_by_system(std::string_view name);

/// A photo and its label map on disk.
struct LayoutSample {
  std::string name;   ///< city_seq_frame
  std::string group;  ///< city
  std::filesystem::path image;
  std::filesystem::path label;
};

/// Finds the pairs {city}_{seq:06}_{frame:06}_leftImg8bit.png below `images` and …_gtFine_labelIds.png below `labels`,
/// sorted by name. The folders are usually those of a split, with a folder per city inside; a city's folder or the one
/// that holds the splits do too. Hidden entries, what systems leave, files that are no pictures and gtFine's other
/// pictures (colours, instances) are passed over. Links are followed; one file that several paths lead to is one.
/// Names only: no file is opened.
/// @throws NotFoundError if a folder is missing or holds no sample; otherwise an Error that lists every photo without
///         labels, label map without photo, picture of another name, and name that stands twice.
/// Source: cityscapesScripts, README, "Dataset Structure".
std::vector<LayoutSample> find_cityscapes_samples(const std::filesystem::path& images,
                                                  const std::filesystem::path& labels);

/// A prediction and the truth that it is scored against.
struct ScoredPair {
  std::string name;  ///< city_seq_frame
  std::filesystem::path prediction;
  std::filesystem::path label;
  std::filesystem::path instances;
};

/// Finds for every label map below `labels` its instance map beside it and its prediction, the only picture
/// {city}_{seq}_{frame}*.png at any depth below `predictions`; other pictures there are passed over, and so are hidden
/// entries and what systems leave (copies and previews). Links are followed as above. Sorted by name.
/// @throws NotFoundError if a folder is missing or holds no label map; otherwise an Error that lists every label map
///         without instance map, without prediction or with several.
/// Source: cityscapesScripts, evalPixelLevelSemanticLabeling, "getPrediction".
std::vector<ScoredPair> find_scored_pairs(const std::filesystem::path& predictions,
                                          const std::filesystem::path& labels);

}  // namespace segfold
