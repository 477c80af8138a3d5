#include <fmt/format.h>

#include <numeric>

#include "segfold/base/outputs.h"
#include "segfold/base/version.h"
#include "segfold/data/folds.h"
#include "segfold/data/shard_pictures.h"
#include "segfold/report/figure.h"
#include "segfold/report/panel.h"
#include "segfold/stages/shown_samples.h"
#include "segfold/stages/training_provenance.h"
#include "segfold/stages/visualize.h"

namespace segfold {
namespace {

/// "epoch 3, ×0.87, flipped", short enough for the narrowest column; a scale above 1 leaves the picture as it is and is
/// not told.
std::string draw_text(int epoch, const TransformParams& params) {
  std::string text = fmt::format("epoch {}", epoch);
  if (params.augment.scale < 1) text += fmt::format(", ×{:.2f}", params.augment.scale);
  if (params.augment.flip) text += ", flipped";
  return text;
}

SampleRow sample_row(const ShardSet& shards, std::int64_t index, const SamplesOptions& options) {
  const Image photo = read_photo(shards, index);
  const int fold = fold_from_text(options.fold).value_or(kNoFold);
  std::vector<std::int64_t> others(static_cast<std::size_t>(shards.size()));
  std::iota(others.begin(), others.end(), 0);
  SampleRow row{shards.name(index), {{"as stored", photo, read_label_on_photo(shards, index)}}};
  for (int epoch = options.first_epoch; epoch < options.first_epoch + options.epochs; ++epoch) {
    SampleMaker maker(shards, options.transform, {options.seed, fold, epoch}, others);
    const TransformParams params = maker.make(index);
    row.views.push_back({draw_text(epoch, params), maker.image(), maker.label()});
  }
  return row;
}

}  // namespace

void visualize_samples(const SamplesOptions& options) {
  options.check();
  prepare_outputs(options.shards, {options.output});
  const ShardSet shards(options.shards);
  options.transform.check_for(shards.image_size());
  std::vector<SampleRow> rows;
  Json names = Json::array();
  for (const std::int64_t index : choose_samples(shards, options.choice.names, options.choice.count)) {
    rows.push_back(sample_row(shards, index, options));
    names.push_back(rows.back().name);
  }
  Seal seal{"visualize", results_version("visualize"), Json::object(), {{"shards", shards.digest()}}, ""};
  seal.parameters = {{"command", "samples"},
                     {"names", names},
                     {"seed", options.seed},
                     {"fold", options.fold},
                     {"epochs", options.epochs},
                     {"first_epoch", options.first_epoch},
                     {"transform", transform_json(options.transform)}};
  const std::string title = fmt::format("What the network sees: seed {}, fold {}", options.seed, options.fold);
  write_figure(options.output, draw_samples(title, rows, shards.classes()).picture(), std::move(seal));
}

}  // namespace segfold
