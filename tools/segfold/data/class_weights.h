#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace segfold {

/// How rare classes are made to count more. p = the class's share of all labelled pixels, n = its pixels.
enum class ClassWeighting {
  kInverse,    ///< 1 / p
  kMedian,     ///< median frequency (Eigen and Fergus 2015): median f / f, f = pixels of the class over the labelled
               ///< pixels of the images in which it occurs
  kEffective,  ///< effective number (Cui et al. 2019): (1 − β) / (1 − βⁿ) with β = (N − 1) / N, N = all labelled pixels
  kEnet        ///< 1 / ln(1.02 + p) (Paszke et al. 2016)
};

/// "inverse", "median", "effective", "enet".
std::string class_weighting_name(ClassWeighting weighting);

/// Loss weight per class, with mean 1 over the classes that occur. A class that does not occur gets 1: no pixel of the
/// training can ask for it, so it must neither shift the others nor become infinite.
/// @param class_pixels  per image, pixels of every class (ignored ones left out); all rows equally long
/// @throws DataError if no pixel is labelled.
std::vector<double> class_weights(ClassWeighting weighting,
                                  const std::vector<std::vector<std::uint64_t>>& class_pixels);

}  // namespace segfold
