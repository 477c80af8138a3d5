#include "segfold/report/figure.h"

#include <fmt/format.h>

#include "segfold/base/error.h"
#include "segfold/base/file.h"
#include "segfold/base/sha256.h"
#include "segfold/image/codec.h"

namespace segfold {
namespace {

std::string picture_digest(const Image& picture) {
  Sha256 digest;
  digest.update(fmt::format("{}x{}\n", to_string(picture.size), picture.channels));
  digest.update(picture.pixels.data(), picture.pixels.size());
  return digest.hex();
}

}  // namespace

void write_figure(const std::filesystem::path& path, const Image& picture, Seal seal) {
  seal.content = picture_digest(picture);
  constexpr bool kAsciiOnly = true;  // text chunks are Latin-1
  const std::string text = seal_to_json(seal).dump(-1, ' ', kAsciiOnly, Json::error_handler_t::replace);
  write_file(path, encode_png(picture, {{kSealText, text}}));
}

Seal read_figure_seal(const std::filesystem::path& path) {
  const std::string origin = path.string();
  const auto texts = read_png_texts(path);
  const auto found = texts.find(kSealText);
  if (found == texts.end()) throw DataError(fmt::format("{}: carries no seal; make it again with visualize", origin));
  const Seal seal = seal_from_json(parse_json(found->second, origin + ": seal"), origin + ": seal");
  const bool grey = read_png_header(path).channels == 1;
  if (picture_digest(grey ? read_label_png(path) : read_rgb_png(path)) != seal.content) {
    throw DataError(
        fmt::format("{}: its pixels are not what its seal says; it was changed or damaged, make it again", origin));
  }
  return seal;
}

}  // namespace segfold
