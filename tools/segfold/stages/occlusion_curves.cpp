#include "segfold/stages/occlusion_curves.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "segfold/base/error.h"
#include "segfold/base/sha256.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;

struct CurveFile {
  std::string path;
  OcclusionCurve curve;
  Seal seal;
};

void require_alike(const CurveFile& first, const CurveFile& other) {
  const auto refuse = [&](const std::string& what, const char* remedy = "give curves of one study") {
    throw DataError(fmt::format("{} and {}: {}; {}", first.path, other.path, what, remedy));
  };
  const OcclusionCurve& a = first.curve;
  const OcclusionCurve& b = other.curve;
  if (a.classes != b.classes) refuse("made with different lists of classes");
  if (a.resolution != b.resolution)
    refuse(fmt::format("scored on different label grids, {} and {}", a.resolution, b.resolution));
  if (a.split != b.split) refuse(fmt::format("scored on different splits, '{}' and '{}'", a.split, b.split));
  if (a.samples != b.samples || a.groups != b.groups) {
    refuse("scored on different samples", "run eval-fold without --folds, on the same shards for all");
  }
  const std::vector<double> shares = occluded_shares(a);
  if (shares != occluded_shares(b)) {
    refuse(fmt::format("different shares are occluded, {} and {}", fmt::join(shares, ","),
                       fmt::join(occluded_shares(b), ",")));
  }
  // Masks and fill hang on the samples' names, the photos' size (by rounding) and how this version draws them.
  if (first.seal.results_version != other.seal.results_version) {
    refuse(fmt::format("made by different results versions of eval-fold, {} and {}", first.seal.results_version,
                       other.seal.results_version));
  }
}

std::vector<CurveFile> read_curves(const std::vector<fs::path>& paths) {
  std::vector<CurveFile> files;
  for (const fs::path& path : paths) {
    SealedOcclusionCurve read = read_occlusion_curve(path);
    files.push_back({path.string(), std::move(read.curve), std::move(read.seal)});
    require_alike(files.front(), files.back());
    for (const CurveFile& earlier : files) {
      if (&earlier != &files.back() && earlier.seal.content == files.back().seal.content)
        throw DataError(fmt::format("{} and {}: hold the same; give every curve once", earlier.path, path.string()));
    }
  }
  return files;
}

std::vector<ExperimentCurves> by_experiment(const std::vector<CurveFile>& files) {
  std::vector<ExperimentCurves> experiments;
  for (const CurveFile& file : files) {
    const auto found = std::ranges::find_if(
        experiments, [&](const ExperimentCurves& curves) { return curves.name == file.curve.experiment; });
    ExperimentCurves& curves =
        found != experiments.end() ? *found : experiments.emplace_back(ExperimentCurves{file.curve.experiment, {}});
    curves.runs.push_back(file.curve);
  }
  return experiments;
}

}  // namespace

OcclusionCurves read_occlusion_curves(const std::vector<fs::path>& paths) {
  const std::vector<CurveFile> files = read_curves(paths);
  Sha256 sha;
  for (const CurveFile& file : files) sha.update(file.seal.content);
  return {occluded_shares(files.front().curve), by_experiment(files), sha.hex()};
}

}  // namespace segfold
