#include "segfold/stages/score.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "segfold/base/cpu.h"
#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/log.h"
#include "segfold/base/outputs.h"
#include "segfold/base/parallel.h"
#include "segfold/base/problems.h"
#include "segfold/base/progress.h"
#include "segfold/base/seal.h"
#include "segfold/base/sha256.h"
#include "segfold/base/signals.h"
#include "segfold/base/text.h"
#include "segfold/base/version.h"
#include "segfold/data/cityscapes_layout.h"
#include "segfold/image/codec.h"
#include "segfold/image/plain_png.h"
#include "segfold/report/figure.h"
#include "segfold/score/official_scores.h"

namespace segfold {
namespace {

namespace fs = std::filesystem;
constexpr const char* kTool = "score";

/// One pair's counts, or what is wrong with it.
struct PairResult {
  OfficialCounts counts;
  std::string prediction_digest;
  std::string prediction_run;  ///< that its seal names; "" without one
  std::string truth_digest;
  std::optional<Error> problem;
};

void require_size(Size size, const fs::path& path, Size truth, const fs::path& truth_path) {
  if (size == truth) return;
  throw DataError(fmt::format("{}: is {}, but {} is {}; predictions must have the size of the truth", path.string(),
                              to_string(size), truth_path.string(), to_string(truth)));
}

/// Scores one pair after the other in memory that it keeps.
class PairScorer {
 public:
  PairResult score(const ScoredPair& pair) {
    const std::string prediction_bytes = read_file(pair.prediction, kMaxPngBytes);
    const std::string label_bytes = read_file(pair.label, kMaxPngBytes);
    const std::string instance_bytes = read_file(pair.instances, kMaxPngBytes);
    decode_label_png(prediction_bytes, pair.prediction, scratch_, prediction_);
    decode_label_png(label_bytes, pair.label, scratch_, truth_);
    decode_instance_png(instance_bytes, pair.instances, scratch_, instances_);
    require_size(prediction_.size, pair.prediction, truth_.size, pair.label);
    require_size(instances_.size, pair.instances, truth_.size, pair.label);
    PairResult result;
    result.counts = with_context(fmt::format("{} and {}", pair.prediction.string(), pair.label.string()),
                                 [&] { return official_counts(prediction_, truth_, instances_); });
    result.prediction_digest = sha256_hex(prediction_bytes);
    if (const std::string_view text = find_png_text(prediction_bytes, kSealText); !text.empty()) {
      const std::string origin = pair.prediction.string() + ": seal";
      result.prediction_run = seal_from_json(parse_json(text, origin), origin).run_digest();
    }
    result.truth_digest = Sha256().update(label_bytes).update(instance_bytes).hex();
    return result;
  }

 private:
  PngScratch scratch_;
  Image prediction_;
  Image truth_;
  InstanceMap instances_;
};

std::vector<PairResult> score_pairs(const std::vector<ScoredPair>& pairs, int threads) {
  std::vector<PairResult> results(pairs.size());
  Progress progress("scoring", static_cast<std::int64_t>(pairs.size()), "images");
  const auto make_work = [&] {
    return [&, scorer = PairScorer()](std::int64_t i) mutable {
      if (stop_requested()) throw InterruptedError("stopped; no result was written, run again");
      PairResult& result = results[static_cast<std::size_t>(i)];
      try {
        result = scorer.score(pairs[static_cast<std::size_t>(i)]);
      } catch (const Error& problem) {
        result.problem = problem;
      }
      progress.add(1);
    };
  };
  parallel_for_each_with(static_cast<std::int64_t>(pairs.size()), threads, make_work);
  Problems problems;
  for (const PairResult& result : results) {
    if (result.problem) problems.add(*result.problem);
  }
  problems.throw_if_any("nothing was scored");
  return results;
}

/// Predictions of two models in one folder have no score that means anything.
void require_one_run(const std::vector<ScoredPair>& pairs, const std::vector<PairResult>& results) {
  const auto has_run = [](const PairResult& result) { return !result.prediction_run.empty(); };
  const auto first = std::ranges::find_if(results, has_run);
  const auto other = std::ranges::find_if(results, [&](const PairResult& result) {
    return has_run(result) && result.prediction_run != first->prediction_run;
  });
  if (other == results.end()) return;
  throw DataError(
      fmt::format("{} and {}: their seals say that two runs made them; predict all images by one model again",
                  pairs[static_cast<std::size_t>(first - results.begin())].prediction.string(),
                  pairs[static_cast<std::size_t>(other - results.begin())].prediction.string()));
}

Json per_image_scores(const std::vector<ScoredPair>& pairs, const std::vector<PairResult>& results) {
  Json scores = Json::object();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const EvaluatedPixels pixels = evaluated_pixels(results[i].counts.confusion);
    scores[pairs[i].name] = {{"nbNotIgnoredPixels", pixels.not_ignored}, {"nbCorrectPixels", pixels.correct}};
  }
  return scores;
}

Seal seal_of(const ScoreOptions& options, const std::vector<ScoredPair>& pairs,
             const std::vector<PairResult>& results) {
  Sha256 predictions;
  Sha256 truths;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    predictions.update(pairs[i].name + " " + results[i].prediction_digest + "\n");
    truths.update(pairs[i].name + " " + results[i].truth_digest + "\n");
  }
  Seal seal;
  seal.tool = kTool;
  seal.results_version = results_version(kTool);
  seal.parameters = {{"per_image", options.per_image}};
  seal.inputs = {{"predictions", predictions.hex()}, {"labels", truths.hex()}};
  return seal;
}

}  // namespace

void ScoreOptions::check() const {
  if (predictions.empty() || labels.empty()) throw UsageError("--predictions and --labels name two folders");
  if (output.empty()) throw UsageError("--output: no file; name the JSON file to write");
}

void score(const ScoreOptions& options) {
  options.check();
  const SignalGuard signals;
  const std::vector<ScoredPair> pairs = find_scored_pairs(options.predictions, options.labels);
  std::vector<fs::path> inputs;
  for (const ScoredPair& pair : pairs) inputs.insert(inputs.end(), {pair.prediction, pair.label, pair.instances});
  prepare_outputs(inputs, {options.output});
  const std::vector<PairResult> results =
      score_pairs(pairs, options.threads > 0 ? options.threads : available_threads());
  require_one_run(pairs, results);
  OfficialCounts counts;
  for (const PairResult& result : results) counts += result.counts;
  Json document = {{"format", "segfold.scores/1"}};
  document.update(official_scores(counts));
  if (options.per_image) document["perImageScores"] = per_image_scores(pairs, results);
  const double classes = document["averageScoreClasses"].get<double>();
  const double categories = document["averageScoreCategories"].get<double>();
  write_sealed_json(options.output, document, seal_of(options, pairs, results));
  log_info("class IoU {}, category IoU {} on {} images", score_text(classes), score_text(categories), pairs.size());
}

}  // namespace segfold
