#include "segfold/score/upsample_argmax.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/ignore.h"
#include "segfold/base/parallel.h"
#include "segfold/score/upsample_kernels.h"

namespace segfold {
namespace {

constexpr int kTile = kUpsampleTile;
constexpr int kPad = 32;             // floats behind a row, so that kernels may read whole vectors
constexpr std::int64_t kBand = 128;  // output rows per task: long enough that rows computed twice at its edge are few

/// Where one axis of a bilinear upsampling reads, with half-pixel centres as PyTorch computes them (in float32).
struct Axis {
  std::vector<std::int32_t> i0, i1;
  std::vector<float> w;  // weight of i1

  Axis(std::int64_t in, std::int64_t out) : i0(static_cast<std::size_t>(out)), i1(i0.size()), w(i0.size()) {
    const float scale = static_cast<float>(in) / static_cast<float>(out);
    for (std::size_t x = 0; x < i0.size(); ++x) {
      const float source = std::max(0.0F, scale * (static_cast<float>(x) + 0.5F) - 0.5F);
      i0[x] = std::min(static_cast<std::int32_t>(source), static_cast<std::int32_t>(in) - 1);
      i1[x] = std::min(i0[x] + 1, static_cast<std::int32_t>(in) - 1);
      w[x] = std::min(source - static_cast<float>(i0[x]), 1.0F);
    }
  }

  bool same_pair(std::int64_t a, std::int64_t b) const {
    const auto i = static_cast<std::size_t>(a);
    const auto j = static_cast<std::size_t>(b);
    return i0[i] == i0[j] && i1[i] == i1[j];
  }
};

struct Step {
  Axis rows, columns;
  Step(Size in, Size out) : rows(in.height, out.height), columns(in.width, out.width) {}
};

/// One row of all classes over some columns; `readable` floats from its values on are memory of ours.
struct ReadableRow {
  ClassRow row;
  std::int64_t readable;
};

/// One upsampling, restricted to output columns [begin, begin + n). Source rows are expanded to the output's columns
/// once and kept, two at a time, since neighbouring output rows need the same two.
class Upsampling {
 public:
  /// @param source  gives a source row, its plane c from column `source_begin` on
  Upsampling(const Step& step, int classes, int begin, int n, int source_begin,
             std::function<ReadableRow(std::int64_t)> source)
      : step_(step),
        classes_(classes),
        begin_(begin),
        n_(n),
        stride_((n + 15) / 16 * 16 + kPad),
        source_(std::move(source)),
        i0_(step.columns.i0.begin() + begin, step.columns.i0.begin() + begin + n),
        i1_(step.columns.i1.begin() + begin, step.columns.i1.begin() + begin + n),
        blended_(size()) {
    for (auto& slot : slots_) slot.resize(size());
    for (auto& i : i0_) i -= source_begin;
    for (auto& i : i1_) i -= source_begin;
  }

  struct Pair {
    const float* a;
    const float* b;
    float w;
  };
  /// The two expanded source rows that output row y lies between.
  Pair pair(std::int64_t y) {
    const auto row = static_cast<std::size_t>(y);
    const float* a = expanded(step_.rows.i0[row], step_.rows.i1[row]);
    return {a, expanded(step_.rows.i1[row], step_.rows.i0[row]), step_.rows.w[row]};
  }

  /// Output row y.
  ReadableRow row(std::int64_t y) {
    const Pair p = pair(y);
    for (std::ptrdiff_t c = 0; c < classes_; ++c) {
      upsample_kernels_.blend(p.a + c * stride_, p.b + c * stride_, p.w, blended_.data() + c * stride_, n_);
    }
    return {{blended_.data(), stride_}, static_cast<std::int64_t>(blended_.size())};
  }

  int stride() const { return stride_; }

 private:
  std::size_t size() const { return static_cast<std::size_t>(classes_) * static_cast<std::size_t>(stride_) + kPad; }

  /// Source row `y` expanded; the slot that holds `keep` is not overwritten.
  const float* expanded(std::int32_t y, std::int32_t keep) {
    for (std::size_t s = 0; s < 2; ++s) {
      if (held_[s] == y) return slots_[s].data();
    }
    const std::size_t s = held_[0] == keep ? 1 : 0;
    const ReadableRow source = source_(y);
    upsample_kernels_.expand(source.row, source.readable, classes_,
                             {i0_.data(), i1_.data(), step_.columns.w.data() + begin_}, slots_[s].data(), stride_, n_);
    held_[s] = y;
    return slots_[s].data();
  }

  const UpsampleKernels& upsample_kernels_ = upsample_kernels();
  const Step& step_;
  int classes_, begin_, n_, stride_;
  std::function<ReadableRow(std::int64_t)> source_;
  std::vector<std::int32_t> i0_, i1_;
  std::array<std::vector<float>, 2> slots_;
  std::array<std::int32_t, 2> held_{-1, -1};
  std::vector<float> blended_;
};

/// What becomes of a tile's predictions.
struct TileSink {
  std::function<void(std::int64_t y, std::int64_t x, const std::uint8_t* ids, int n)> take;
  std::function<void()> finish = [] {};  ///< after the tile's last row
};
using SinkMaker = std::function<TileSink()>;

/// Everything that all tiles share.
struct Plan {
  const UpsampleShape& shape;
  std::span<const float> logits;
  Step first, second;

  Plan(std::span<const float> values, const UpsampleShape& s)
      : shape(s), logits(values), first(s.head, s.input), second(s.input, s.output) {}

  ReadableRow head_row(std::int64_t y, int begin) const {
    const std::int64_t offset = y * shape.head.width + begin;
    return {{logits.data() + offset, shape.head.area()}, static_cast<std::int64_t>(logits.size()) - offset};
  }
};

/// Predicts output columns [x, x + n) of rows [y0, y1).
void predict_tile(const Plan& plan, std::int64_t x, int n, std::int64_t y0, std::int64_t y1, const TileSink& sink) {
  const UpsampleShape& shape = plan.shape;
  const bool two_steps = shape.head != shape.input && shape.input != shape.output;
  const Step& last = shape.input != shape.output ? plan.second : plan.first;
  const int source_begin = last.columns.i0[static_cast<std::size_t>(x)];
  const int source_end = last.columns.i1[static_cast<std::size_t>(x + n - 1)] + 1;
  const int head_begin = two_steps ? plan.first.columns.i0[static_cast<std::size_t>(source_begin)] : source_begin;
  const auto head = [&](std::int64_t y) { return plan.head_row(y, head_begin); };

  std::optional<Upsampling> before;
  std::function<ReadableRow(std::int64_t)> source = head;
  if (two_steps) {
    before.emplace(plan.first, shape.classes, source_begin, source_end - source_begin, head_begin, head);
    source = [&before](std::int64_t y) { return before->row(y); };
  }
  Upsampling upsampling(last, shape.classes, static_cast<int>(x), n, source_begin, source);
  std::array<std::array<std::uint8_t, kTile>, 2> ids{};
  std::uint8_t* const id_rows[2] = {ids[0].data(), ids[1].data()};
  const int whole = (n + 15) / 16 * 16;
  for (std::int64_t y = y0; y < y1;) {
    // Neighbouring output rows mostly lie between the same two source rows: both are made from one look at them.
    const int count = y + 1 < y1 && last.rows.same_pair(y, y + 1) ? 2 : 1;
    const Upsampling::Pair pair = upsampling.pair(y);
    const float weights[2] = {last.rows.w[static_cast<std::size_t>(y)],
                              last.rows.w[static_cast<std::size_t>(y + count - 1)]};
    upsample_kernels().blend_argmax({pair.a, upsampling.stride()}, pair.b, weights, shape.classes, id_rows, whole);
    for (int r = 0; r < count; ++r) sink.take(y + r, x, id_rows[r], n);
    y += count;
  }
  sink.finish();
}

void check_shape(std::span<const float> logits, const UpsampleShape& shape) {
  if (shape.classes < 1 || shape.classes > UpsampleShape::kMostClasses) {
    throw InternalError(fmt::format("logits of {} classes cannot be upsampled, only of 1 to {}", shape.classes,
                                    UpsampleShape::kMostClasses));
  }
  const bool sane = shape.head.area() > 0 && shape.input.area() > 0 && shape.output.area() > 0;
  if (!sane || static_cast<std::int64_t>(logits.size()) != shape.classes * shape.head.area()) {
    throw InternalError(
        fmt::format("{} logits do not make {} classes of {}", logits.size(), shape.classes, to_string(shape.head)));
  }
}

/// Predicts every tile; each has a sink of its own, so that sinks need no lock per row.
void predict(std::span<const float> logits, const UpsampleShape& shape, int threads, const SinkMaker& make_sink) {
  check_shape(logits, shape);
  const Plan plan(logits, shape);
  const std::int64_t across = (shape.output.width + kTile - 1) / kTile;
  const std::int64_t down = (shape.output.height + kBand - 1) / kBand;
  parallel_for(across * down, threads, [&](std::int64_t i) {
    const std::int64_t x = i % across * kTile;
    const std::int64_t y = i / across * kBand;
    predict_tile(plan, x, static_cast<int>(std::min<std::int64_t>(kTile, shape.output.width - x)), y,
                 std::min(y + kBand, shape.output.height), make_sink());
  });
}

/// Counts of (truth, prediction) pairs. Four tables in turn: neighbouring pixels are mostly alike, and adding to the
/// same counter again would wait for the addition before.
class PairCounts {
 public:
  explicit PairCounts(int classes)
      : classes_(classes), counts_(std::size_t{4} * 256 * static_cast<std::size_t>(classes)) {}

  void add(const std::uint8_t* truth, const std::uint8_t* ids, int n) {
    const std::size_t table = std::size_t{256} * static_cast<std::size_t>(classes_);
    for (int x = 0; x < n; ++x)
      ++counts_[static_cast<std::size_t>(x & 3) * table + truth[x] * static_cast<std::size_t>(classes_) + ids[x]];
  }

  void add_to(ConfusionMatrix& confusion) const {
    const std::size_t table = std::size_t{256} * static_cast<std::size_t>(classes_);
    for (std::size_t i = 0; i < table; ++i) {
      const std::uint64_t count =
          std::uint64_t{counts_[i]} + counts_[table + i] + counts_[2 * table + i] + counts_[3 * table + i];
      const int truth = static_cast<int>(i) / classes_;
      if (count == 0 || truth == kIgnore) continue;
      if (truth >= classes_)
        throw DataError(fmt::format("label {} is no class (0–{}) and not 255", truth, classes_ - 1));
      confusion.at(truth, static_cast<int>(i) % classes_) += count;
    }
  }

 private:
  int classes_;
  std::vector<std::uint32_t> counts_;
};

}  // namespace

void upsample_argmax(std::span<const float> logits, const UpsampleShape& shape, int threads,
                     std::span<std::uint8_t> prediction) {
  if (static_cast<std::int64_t>(prediction.size()) != shape.output.area())
    throw InternalError("prediction has another size");
  predict(logits, shape, threads, [&] {
    return TileSink{[&](std::int64_t y, std::int64_t x, const std::uint8_t* ids, int n) {
      std::copy(ids, ids + n, prediction.begin() + y * shape.output.width + x);
    }};
  });
}

ConfusionMatrix upsample_and_count(std::span<const float> logits, const UpsampleShape& shape, int threads,
                                   const std::uint8_t* truth, std::int64_t truth_stride) {
  ConfusionMatrix confusion(shape.classes);
  std::mutex mutex;
  predict(logits, shape, threads, [&] {
    const auto counts = std::make_shared<PairCounts>(shape.classes);
    return TileSink{[&, counts](std::int64_t y, std::int64_t x, const std::uint8_t* ids, int n) {
                      counts->add(truth + y * truth_stride + x, ids, n);
                    },
                    [&, counts] {
                      const std::scoped_lock lock(mutex);
                      counts->add_to(confusion);
                    }};
  });
  return confusion;
}

}  // namespace segfold
