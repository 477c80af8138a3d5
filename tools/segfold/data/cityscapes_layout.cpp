#include "segfold/data/cityscapes_layout.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/problems.h"
#include "segfold/base/utf8.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kImageEnding = "_leftImg8bit.png";
constexpr std::string_view kLabelEnding = "_gtFine_labelIds.png";
constexpr std::string_view kInstanceEnding = "_gtFine_instanceIds.png";
constexpr std::array<std::string_view, 4> kOtherLabelEndings{
    "_gtFine_color.png", "_gtFine_instanceIds.png", "_gtFine_labelTrainIds.png", "_gtFine_instanceTrainIds.png"};
constexpr std::array<std::string_view, 7> kPictureEndings{".png", ".jpg", ".jpeg", ".bmp", ".ppm", ".tif", ".tiff"};
constexpr int kDepth = 2;           // folders inside the one given: split and city
constexpr std::size_t kDigits = 6;  // of sequence and frame

/// Which files of a folder tree are meant.
struct Kind {
  std::string_view ending;
  std::span<const std::string_view> passed_over;
  std::string_view what;
};
constexpr Kind kImages{kImageEnding, {}, "photos"};
constexpr Kind kLabels{kLabelEnding, kOtherLabelEndings, "label maps"};

using Files = std::map<std::string, fs::path>;  // sample name → file

constexpr std::array<std::string_view, 11> kLeftBySystems{
    "@eaDir",     "#recycle", "#snapshot", "@Recycle",  "$RECYCLE.BIN", "System Volume Information",
    "lost+found", "__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"};

/// What lies in a folder, sorted, but for hidden entries and what systems leave.
std::vector<fs::path> entries_of(const fs::path& folder) {
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.starts_with('.') && !is_left_by_system(name)) entries.push_back(it->path());
  }
  if (error) throw_read_error(folder, error.value());
  std::ranges::sort(entries);
  return entries;
}

/// Calls visit(path, is_folder) for what lies below a folder. A folder is known by what it is, not by the path that
/// leads to it, since links may lead to it twice, or in circles; and it is reached by the shortest path, since from a
/// longer one its own folders could be too deep.
template <class Visit>
void walk(const fs::path& top, int depth, const Visit& visit) {
  std::set<std::pair<dev_t, ino_t>> visited;
  for (std::vector<fs::path> level{top}, inner; !level.empty() && depth >= 0; --depth) {
    for (const fs::path& folder : level) {
      struct stat status{};
      if (::stat(folder.c_str(), &status) != 0) throw_read_error(folder, errno);
      if (!visited.emplace(status.st_dev, status.st_ino).second) continue;
      for (const fs::path& entry : entries_of(folder)) {
        std::error_code error;
        const bool is_folder = fs::is_directory(entry, error);
        visit(entry, is_folder);
        if (is_folder) inner.push_back(entry);
      }
    }
    level = std::exchange(inner, {});
  }
}

bool is_same_file(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::equivalent(a, b, error);
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_number(std::string_view text) {
  return text.size() == kDigits && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The city of "city_seq_frame"; nothing if the name is not of that form.
std::optional<std::string> city_of(std::string_view name) {
  constexpr std::size_t kNumbers = 2 * (kDigits + 1);
  if (name.size() <= kNumbers) return std::nullopt;
  const std::string_view numbers = name.substr(name.size() - kNumbers);
  if (numbers[0] != '_' || numbers[kDigits + 1] != '_' || !is_number(numbers.substr(1, kDigits)) ||
      !is_number(numbers.substr(kDigits + 2))) {
    return std::nullopt;
  }
  return std::string(name.substr(0, name.size() - kNumbers));
}

void add_file(const fs::path& path, const Kind& kind, Files& files, Problems& problems) {
  const std::string file_name = path.filename().string();
  const auto ends_with = [&](std::string_view ending) { return file_name.ends_with(ending); };
  const std::string name = ends_with(kind.ending) ? file_name.substr(0, file_name.size() - kind.ending.size()) : "";
  if (city_of(name)) {
    if (const auto [other, added] = files.emplace(name, path); !added && !is_same_file(other->second, path)) {
      problems.add(DataError(
          fmt::format("{}: the sample stands twice, also in {}; remove one", path.string(), other->second.string())));
    }
    return;
  }
  if (std::ranges::any_of(kind.passed_over, ends_with)) return;
  const std::string ending = lower_case(path.extension().string());
  if (std::ranges::find(kPictureEndings, ending) == kPictureEndings.end()) return;
  problems.add(DataError(fmt::format("{}: not named as {} are, city_000000_000000{}; rename or remove it",
                                     path.string(), kind.what, kind.ending)));
}

Files find_files(const fs::path& folder, const Kind& kind, Problems& problems) {
  require_folder(folder);
  Files files;
  const std::size_t before = problems.count();
  walk(folder, kDepth, [&](const fs::path& path, bool is_folder) {
    if (!is_folder) {
      add_file(path, kind, files, problems);
    } else if (path.filename().string().ends_with(kind.ending)) {
      problems.add(NotFoundError(fmt::format("{}: is a folder, expected a file", path.string())));
    }
  });
  if (files.empty()) {  // the wrong folder: a list of everything in it would help nobody
    const std::size_t pictures = problems.count() - before;
    const std::string others = pictures == 0 ? "" : fmt::format(" among its {} pictures", pictures);
    throw NotFoundError(
        fmt::format("{}: holds no {} (*{}){}; give the folder of a split, such as leftImg8bit/train or gtFine/train",
                    folder.string(), kind.what, kind.ending, others));
  }
  return files;
}

/// Every PNG below a folder by its file's name.
std::multimap<std::string, fs::path> pictures_below(const fs::path& folder) {
  require_folder(folder);
  std::multimap<std::string, fs::path> pictures;
  walk(folder, std::numeric_limits<int>::max(), [&](const fs::path& path, bool is_folder) {
    if (!is_folder && path.extension() == ".png") pictures.emplace(path.filename().string(), path);
  });
  if (pictures.empty()) {
    throw NotFoundError(
        fmt::format("{}: holds no *.png; give the folder that eval-fold --predictions wrote", folder.string()));
  }
  return pictures;
}

}  // namespace

bool is_left_by_system(std::string_view name) {
  return std::ranges::find(kLeftBySystems, name) != kLeftBySystems.end();
}

std::vector<ScoredPair> find_scored_pairs(const fs::path& predictions, const fs::path& labels) {
  Problems problems;
  const Files label_files = find_files(labels, kLabels, problems);
  const auto pictures = pictures_below(predictions);
  std::vector<ScoredPair> pairs;
  for (const auto& [name, label] : label_files) {
    const fs::path instances = label.parent_path() / (name + std::string(kInstanceEnding));
    std::error_code error;
    if (!fs::exists(instances, error)) {
      problems.add(NotFoundError(
          fmt::format("{}: its instance map {} is missing beside it", label.string(), instances.filename().string())));
    }
    const auto first = pictures.lower_bound(name);
    const auto end = std::find_if(first, pictures.end(), [&](auto& other) { return !other.first.starts_with(name); });
    const auto another = std::find_if(first, end, [&](auto& own) { return !is_same_file(own.second, first->second); });
    if (first == end) {
      problems.add(NotFoundError(fmt::format("{}: its prediction {}*.png is missing below {}{}", label.string(), name,
                                             predictions.string(), spelling(name))));
    } else if (another != end) {
      problems.add(DataError(fmt::format("{}: has several predictions, {} and {}; keep one", label.string(),
                                         first->second.string(), another->second.string())));
    } else {
      pairs.push_back({name, first->second, label, instances});
    }
  }
  problems.throw_if_any("nothing was scored");
  return pairs;
}

std::vector<LayoutSample> find_cityscapes_samples(const fs::path& images, const fs::path& labels) {
  Problems problems;
  const Files image_files = find_files(images, kImages, problems);
  const Files label_files = find_files(labels, kLabels, problems);
  std::vector<LayoutSample> samples;
  for (const auto& [name, image] : image_files) {
    if (const auto label = label_files.find(name); label != label_files.end()) {
      samples.push_back({name, city_of(name).value(), image, label->second});
    } else {
      problems.add(NotFoundError(fmt::format("{}: its label map {}{} is missing below {}{}", image.string(), name,
                                             kLabelEnding, labels.string(), spelling(name))));
    }
  }
  for (const auto& [name, label] : label_files) {
    if (!image_files.contains(name)) {
      problems.add(NotFoundError(fmt::format("{}: its photo {}{} is missing below {}{}", label.string(), name,
                                             kImageEnding, images.string(), spelling(name))));
    }
  }
  problems.throw_if_any("complete or clean up the folders");
  return samples;
}

}  // namespace segfold
