// Decodes PNGs of label ids and of instance ids and does nothing with them: the least that scoring them can take.
// use: segfold_decode_maps THREADS FILE...
#include <fmt/format.h>

#include <exception>
#include <string>
#include <vector>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/parallel.h"
#include "segfold/image/codec.h"

namespace segfold::testing {
namespace {

/// Memory that a thread keeps.
struct Maps {
  PngScratch scratch;
  Image labels;
  InstanceMap instances;

  void decode(const std::string& path) {
    const std::string bytes = read_file(path, kMaxPngBytes);
    if (path.ends_with("_instanceIds.png")) {
      decode_instance_png(bytes, path, scratch, instances);
    } else {
      decode_label_png(bytes, path, scratch, labels);
    }
  }
};

void decode_all(const std::vector<std::string>& paths, int threads) {
  parallel_for_each_with(static_cast<std::int64_t>(paths.size()), threads, [&] {
    return [&, maps = Maps()](std::int64_t i) mutable { maps.decode(paths[static_cast<std::size_t>(i)]); };
  });
}

}  // namespace
}  // namespace segfold::testing

int main(int argc, char** argv) {
  try {
    if (argc < 3) throw segfold::UsageError("use: segfold_decode_maps THREADS FILE...");
    segfold::testing::decode_all({argv + 2, argv + argc}, std::stoi(argv[1]));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "segfold_decode_maps: error: {}\n", error.what());
    return 1;
  }
}
