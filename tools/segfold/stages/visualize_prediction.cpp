#include <fmt/format.h>

#include "segfold/base/outputs.h"
#include "segfold/base/version.h"
#include "segfold/report/figure.h"
#include "segfold/report/panel.h"
#include "segfold/score/confusion.h"
#include "segfold/stages/shown_samples.h"
#include "segfold/stages/visualize.h"

namespace segfold {
namespace {

/// Scores of one image. Its mIoU is over the classes that this image or its prediction holds, so the mean of these is
/// not the mIoU of the set.
std::string score_text(const PanelRow& row, int classes) {
  ConfusionMatrix confusion(classes);
  confusion.add(row.truth.pixels, row.prediction.pixels);
  if (confusion.total() == 0) return "every pixel is ignored";
  return fmt::format("mIoU {:.3f}, pixel accuracy {:.3f}", confusion.mean_iou(), confusion.pixel_accuracy());
}

}  // namespace

void visualize_prediction(const PredictionOptions& options, int threads) {
  options.check();
  std::vector<std::filesystem::path> inputs = options.shards;
  inputs.push_back(options.model);
  prepare_outputs(inputs, {options.output});
  const ShardSet shards(options.shards);
  PredictedRows predicted =
      predict_rows(options, threads, shards, choose_samples(shards, options.choice.names, options.choice.count));
  Json names = Json::array();
  for (PanelRow& row : predicted.rows) {
    row.caption = score_text(row, static_cast<int>(shards.classes().size()));
    names.push_back(row.name);
  }
  const std::string title = options.title.empty() ? predicted.title : options.title;
  Seal seal{"visualize", results_version("visualize"), Json::object(), {}, ""};
  seal.parameters = {{"command", "prediction"}, {"title", title}, {"names", names}};
  seal.inputs = {{"model", predicted.model_digest}, {"shards", shards.digest()}};
  write_figure(options.output, draw_predictions(title, predicted.rows, shards.classes()).picture(), std::move(seal));
}

}  // namespace segfold
