#include "segfold/stages/aggregate.h"

#include "segfold/cli/tool_main.h"

namespace {

void declare(CLI::App& app, segfold::AggregateOptions& options) {
  app.add_option("--metrics", options.metrics,
                 "Metrics of every fold: on its held-out samples and on the official split")
      ->type_name("M.json");
  app.add_option("--histories", options.histories, "History of every fold; needed for --output")->type_name("H.csv");
  app.add_option("--output", options.output, "Summary of one experiment to write")->type_name("summary_metrics.csv");
  app.add_option("--comparison", options.comparison, "Comparison to write, one row per experiment")->type_name("C.csv");
  app.add_option("--comparison-json", options.comparison_json,
                 "The comparison with all that it rests on: every fold's scores, pooled confusion, methods")
      ->type_name("C.json");
  app.add_option("--occlusion-curves", options.occlusion_curves,
                 "occlusion.json of every fold, of eval-fold --occlusion")
      ->type_name("O.json");
  app.add_option("--occlusion-table", options.occlusion_table, "Their scores, two rows per experiment, to write")
      ->type_name("O.csv");
  app.add_option("--baseline", options.baseline,
                 "Experiment that the others are compared to; default: that of the first file")
      ->type_name("EXPERIMENT");
  app.add_option("--bootstrap", options.bootstrap,
                 "Resamples for the comparison's intervals, 100 to 1000000; default: 10000")
      ->type_name("N");
  app.add_option("--expect-folds", options.expect_folds, "Refuse another number of folds, 2 to 1000")->type_name("K");
}

}  // namespace

int main(int argc, char** argv) {
  return segfold::cli::tool_main<segfold::AggregateOptions>(
      argc, argv, {.name = "aggregate", .description = "Summarise the scores of all folds, and compare experiments."},
      declare, segfold::aggregate);
}
