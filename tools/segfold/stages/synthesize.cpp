#include "segfold/stages/synthesize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "segfold/base/cpu.h"
#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/base/parallel.h"
#include "segfold/base/progress.h"
#include "segfold/base/random.h"
#include "segfold/base/seal.h"
#include "segfold/base/sha256.h"
#include "segfold/base/signals.h"
#include "segfold/base/version.h"
#include "segfold/data/labels.h"
#include "segfold/data/street_scene.h"
#include "segfold/image/codec.h"
#include "segfold/stages/dataset_folder.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTool = "synthesize";
constexpr std::int64_t kMaxScenes = 100000;
constexpr std::int64_t kCities = 4;
constexpr std::int64_t kMaxCities = 100;
constexpr Size kSmallest{32, 32};
constexpr Size kLargest{2048, 4096};
/// What all threads' canvases together may take: large pictures are drawn by fewer threads.
constexpr std::int64_t kMemory = std::int64_t{3} << 30;
constexpr std::int64_t kBytesPerPixel = 120;

/// One scene of the data set and where it goes.
struct Planned {
  std::string split;
  std::string name;  ///< city_seq_frame
  StreetSceneRequest request;
};

/// Names of towns that do not exist, in an order of the seed's.
std::vector<std::string> invent_cities(std::int64_t count, std::uint64_t seed) {
  const std::vector<std::string> starts{"bram", "dorn", "elk", "fjor", "grim", "hast", "kolm", "lund",
                                        "marv", "nor",  "ost", "quel", "riv",  "sund", "tarn"};
  const std::vector<std::string> ends{"avel", "brunn", "ester", "holt", "inge", "mund", "oria", "stett", "ulm", "wick"};
  std::vector<std::string> names;
  for (const std::string& start : starts) {
    for (const std::string& end : ends) names.push_back(start + end);
  }
  RandomStream random(random_key({"cities", seed}));
  shuffle(names, random);
  names.resize(static_cast<std::size_t>(count));
  return names;
}

std::int64_t cities_of(const SynthesizeOptions& options) {
  return options.cities.value_or(std::min(kCities, options.train + options.val));
}

/// How many of the cities belong to the validation split: its share of the scenes, but at least one for each split
/// and no city without a scene.
std::int64_t val_cities(const SynthesizeOptions& options) {
  const std::int64_t cities = cities_of(options);
  const double share = static_cast<double>(options.val) / static_cast<double>(options.train + options.val);
  const std::int64_t wished = std::lround(share * static_cast<double>(cities));
  return std::clamp(wished, std::max<std::int64_t>(1, cities - options.train), std::min(options.val, cities - 1));
}

void plan_split(const std::string& split, std::int64_t scenes, const std::vector<std::string>& cities,
                const SynthesizeOptions& options, std::vector<Planned>& plan) {
  const auto wanted = plan_wanted_classes(scenes, random_key({"split", options.seed, split}));
  const auto count = static_cast<std::int64_t>(cities.size());
  for (std::int64_t i = 0; i < scenes; ++i) {
    const std::string& city = cities[static_cast<std::size_t>(i % count)];
    const std::int64_t sequence = i / count;
    plan.push_back({.split = split,
                    .name = fmt::format("{}_{:06}_{:06}", city, sequence, 19),
                    .request = {.size = options.size,
                                .seed = options.seed,
                                .city = city,
                                .frame = sequence,
                                .wanted = wanted[static_cast<std::size_t>(i)]}});
  }
}

std::vector<Planned> plan_data_set(const SynthesizeOptions& options) {
  const std::vector<std::string> cities = invent_cities(cities_of(options), options.seed);
  const auto border = cities.begin() + val_cities(options);
  std::vector<Planned> plan;
  plan_split("train", options.train, {border, cities.end()}, options, plan);
  plan_split("val", options.val, {cities.begin(), border}, options, plan);
  return plan;
}

Image colour_picture(const Image& label_ids) {
  Image picture(label_ids.size, 3);
  for (std::size_t i = 0; i < label_ids.pixels.size(); ++i) {
    const Colour& colour = labels()[label_ids.pixels[i]].colour;
    std::ranges::copy(colour, picture.pixels.begin() + static_cast<std::ptrdiff_t>(3 * i));
  }
  return picture;
}

/// Writes the four files of a scene. @return the digest of their bytes
std::string write_scene(const fs::path& root, const Planned& planned) {
  const StreetScene scene = draw_street_scene(planned.request);
  Sha256 digest;
  const auto write = [&](const char* kind, const char* ending, const std::string& bytes) {
    write_file(root / kind / planned.split / planned.request.city / fmt::format("{}_{}.png", planned.name, ending),
               bytes);
    digest.update(bytes);
  };
  write("leftImg8bit", "leftImg8bit", encode_png(scene.photo));
  write("gtFine", "gtFine_labelIds", encode_png(scene.label_ids));
  write("gtFine", "gtFine_instanceIds", encode_png(scene.instance_ids));
  write("gtFine", "gtFine_color", encode_png(colour_picture(scene.label_ids)));
  return digest.hex();
}

void write_description(const fs::path& path, const SynthesizeOptions& options, const std::vector<Planned>& plan,
                       const std::vector<std::string>& digests) {
  Json splits = {{"train", Json::array()}, {"val", Json::array()}};
  for (std::size_t i = 0; i < plan.size(); ++i) {
    splits[plan[i].split].push_back({{"name", plan[i].name}, {"city", plan[i].request.city}, {"sha256", digests[i]}});
  }
  const Json document = {{"format", "segfold.dataset/1"}, {"size", to_string(options.size)}, {"splits", splits}};
  const Seal seal{.tool = kTool,
                  .results_version = results_version(kTool),
                  .parameters = {{"train", options.train},
                                 {"val", options.val},
                                 {"size", to_string(options.size)},
                                 {"cities", cities_of(options)},
                                 {"seed", options.seed}},
                  .inputs = {},
                  .content = {}};
  write_sealed_json(path, document, seal);
}

void require_between(const char* option, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) return;
  throw UsageError(fmt::format("{} {}: give a number from {} to {}", option, value, low, high));
}

int drawing_threads(const SynthesizeOptions& options) {
  const int wished = options.threads > 0 ? options.threads : available_threads();
  const std::int64_t fitting = std::max<std::int64_t>(1, kMemory / (kBytesPerPixel * options.size.area()));
  return static_cast<int>(std::min<std::int64_t>(wished, fitting));
}

}  // namespace

void SynthesizeOptions::check() const {
  if (output.empty()) throw UsageError("--output is empty; name the folder of the data set");
  require_between("--train", train, 1, kMaxScenes);
  require_between("--val", val, 1, kMaxScenes);
  require_between("--cities", cities_of(*this), 2, kMaxCities);
  if (const std::int64_t asked = cities_of(*this); asked > train + val) {
    throw UsageError(fmt::format("--cities {}: more than the {} scenes; give at most that many", asked, train + val));
  }
  if (size.height < kSmallest.height || size.width < kSmallest.width || size.height > kLargest.height ||
      size.width > kLargest.width) {
    throw UsageError(fmt::format("--size {}: give a size from {} to {}", to_string(size), to_string(kSmallest),
                                 to_string(kLargest)));
  }
  if (threads < 0) throw UsageError(fmt::format("--threads {}: give 0 or more", threads));
}

void synthesize(const SynthesizeOptions& options) {
  options.check();
  const std::vector<Planned> plan = plan_data_set(options);
  const SignalGuard guard;
  DatasetFolder folder(options.output);
  std::vector<std::string> digests(plan.size());
  {
    const auto count = static_cast<std::int64_t>(plan.size());
    Progress progress("drawing", count, "scenes");
    parallel_for(count, drawing_threads(options), [&](std::int64_t i) {
      if (stop_requested()) throw InterruptedError("stopped by a signal; nothing was written, run again");
      const auto scene = static_cast<std::size_t>(i);
      digests[scene] = write_scene(folder.temporary(), plan[scene]);
      progress.add(1);
    });
  }
  write_description(folder.temporary() / "dataset.json", options, plan, digests);
  folder.commit();
  log_info("{} training and {} validation scenes of {} in {}", options.train, options.val, to_string(options.size),
           options.output.string());
}

}  // namespace segfold
