#include <fmt/format.h>

#include "segfold/base/cpu.h"
#include "segfold/data/shard_pictures.h"
#include "segfold/stages/loaded_network.h"
#include "segfold/stages/visualize.h"
#include "segfold/train/evaluate.h"

namespace segfold {

PredictedRows predict_rows(const PredictionOptions& options, int threads, const ShardSet& shards,
                           const std::vector<std::int64_t>& samples) {
  const int used = threads > 0 ? threads : available_threads();
  const LoadedNetwork network(options.model, shards, options.device, options.precision, used);
  PredictedRows predicted;
  EvaluationOptions evaluation;
  evaluation.normalisation = network.info().normalisation;
  evaluation.threads = used;
  evaluation.on_prediction = [&](std::int64_t sample, Size size, const std::vector<std::uint8_t>& ids) {
    Image prediction(size, 1);
    prediction.pixels = ids;
    predicted.rows.push_back(
        {shards.name(sample), "", read_photo(shards, sample), read_true_label(shards, sample), std::move(prediction)});
  };
  evaluate(network.model(), network.device(), shards, samples, evaluation);
  const ModelInfo& info = network.info();
  predicted.title = info.fold ? fmt::format("{} · fold {}", info.experiment, *info.fold) : info.experiment;
  predicted.model_digest = info.seal.content;
  return predicted;
}

}  // namespace segfold
