#include "segfold/data/cityscapes_layout.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <system_error>

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

/// Folders that systems leave among everybody's files; they hold previews and what was deleted.
constexpr std::array<std::string_view, 4> kSystemFolders{"@eaDir", "#recycle", "lost+found", "__MACOSX"};

bool is_passed_over(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with('.') || std::ranges::find(kSystemFolders, name) != kSystemFolders.end();
}

/// Files and folders by what they are, not by the path that leads to them: links may lead to one twice, or in circles.
class Visited {
 public:
  /// Whether this is the first time.
  bool add(const fs::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) throw_read_error(path, errno);
    return seen_.emplace(status.st_dev, status.st_ino).second;
  }

 private:
  std::set<std::pair<dev_t, ino_t>> seen_;
};

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
    std::error_code error;
    if (const auto [other, added] = files.emplace(name, path); !added && !fs::equivalent(other->second, path, error)) {
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

void scan(const fs::path& folder, const Kind& kind, int depth, Visited& visited, Files& files, Problems& problems) {
  if (!visited.add(folder)) return;
  std::vector<fs::path> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
    entries.push_back(it->path());
  if (error) throw_read_error(folder, error.value());
  std::ranges::sort(entries);
  for (const fs::path& entry : entries) {
    if (is_passed_over(entry)) continue;
    if (!fs::is_directory(entry, error)) {
      add_file(entry, kind, files, problems);
    } else if (entry.filename().string().ends_with(kind.ending)) {
      problems.add(NotFoundError(fmt::format("{}: is a folder, expected a file", entry.string())));
    } else if (depth > 0) {
      scan(entry, kind, depth - 1, visited, files, problems);
    }
  }
}

Files find_files(const fs::path& folder, const Kind& kind, Problems& problems) {
  require_folder(folder);
  Files files;
  const std::size_t before = problems.count();
  Visited visited;
  scan(folder, kind, kDepth, visited, files, problems);
  if (files.empty()) {  // the wrong folder: a list of everything in it would help nobody
    const std::size_t pictures = problems.count() - before;
    const std::string others = pictures == 0 ? "" : fmt::format(" among its {} pictures", pictures);
    throw NotFoundError(
        fmt::format("{}: holds no {} (*{}){}; give the folder of a split, such as leftImg8bit/train or gtFine/train",
                    folder.string(), kind.what, kind.ending, others));
  }
  return files;
}

/// Every PNG below a folder by its file's name, but for hidden ones.
std::multimap<std::string, fs::path> pictures_below(const fs::path& folder) {
  require_folder(folder);
  std::multimap<std::string, fs::path> pictures;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (is_passed_over(it->path())) {
      it.disable_recursion_pending();
    } else if (it->path().extension() == ".png") {
      pictures.emplace(it->path().filename().string(), it->path());
    }
  }
  if (error) throw_read_error(folder, error.value());
  if (pictures.empty()) {
    throw NotFoundError(
        fmt::format("{}: holds no *.png; give the folder that eval-fold --predictions wrote", folder.string()));
  }
  return pictures;
}

}  // namespace

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
    const auto is_own = [&](auto place) { return place != pictures.end() && place->first.starts_with(name); };
    if (!is_own(first)) {
      problems.add(NotFoundError(fmt::format("{}: its prediction {}*.png is missing below {}{}", label.string(), name,
                                             predictions.string(), spelling(name))));
    } else if (is_own(std::next(first))) {
      problems.add(DataError(fmt::format("{}: has several predictions, {} and {}; keep one", label.string(),
                                         first->second.string(), std::next(first)->second.string())));
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
