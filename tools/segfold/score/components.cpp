#include "segfold/score/components.h"

#include <algorithm>

#include "segfold/base/ignore.h"
#include "segfold/score/runs.h"

namespace segfold {
namespace {

/// While components are being found, a run's `component` is another, earlier run of the same one, or the run itself:
/// the component's first.
std::size_t first_run(std::vector<Run>& runs, std::size_t run) {
  while (runs[run].component != run) {
    runs[run].component = runs[runs[run].component].component;  // shortens the way for those who come later
    run = runs[run].component;
  }
  return run;
}

void join(std::vector<Run>& runs, std::size_t a, std::size_t b) {
  a = first_run(runs, a);
  b = first_run(runs, b);
  runs[std::max(a, b)].component = std::min(a, b);
}

void append_runs(const Image& map, std::int64_t y, std::vector<Run>& runs) {
  const std::uint8_t* const start = map.pixels.data();
  const std::uint8_t* const row_end = map.row(y) + map.size.width;
  for (const std::uint8_t* at = map.row(y); at != row_end;) {
    const std::uint8_t* end = end_of_run(at, row_end);
    if (*at != kIgnore) {
      runs.push_back({static_cast<std::size_t>(at - start), static_cast<std::size_t>(end - start), *at, runs.size()});
    }
    at = end;
  }
}

/// Joins the runs from `row` on with those of the row above, [above, row), that they touch, also by a corner.
void join_rows(std::vector<Run>& runs, std::size_t above, std::size_t row, std::size_t width) {
  for (std::size_t run = row; run < runs.size(); ++run) {
    while (above < row && runs[above].end + width < runs[run].begin) ++above;
    for (std::size_t other = above; other < row && runs[other].begin + width <= runs[run].end; ++other) {
      if (runs[other].id == runs[run].id) join(runs, run, other);
    }
  }
}

}  // namespace

Components connected_components(const Image& map) {
  Components components;
  std::vector<Run>& runs = components.runs;
  std::size_t above = 0;
  for (std::int64_t y = 0; y < map.size.height; ++y) {
    const std::size_t row = runs.size();
    append_runs(map, y, runs);
    join_rows(runs, above, row, static_cast<std::size_t>(map.size.width));
    above = row;
  }
  components.areas_px.resize(runs.size());
  for (std::size_t run = 0; run < runs.size(); ++run) {
    runs[run].component = first_run(runs, run);
    components.areas_px[runs[run].component] += runs[run].length();
  }
  return components;
}

}  // namespace segfold
