#pragma once

namespace segfold {

/// On which label grid predictions are compared.
enum class Resolution {
  kInput,   ///< the network's input size (labels shrunk by nearest neighbour where they are larger)
  kLabels,  ///< the labels' own size
};

}  // namespace segfold
