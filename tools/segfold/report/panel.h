#pragma once

#include <string>
#include <vector>

#include "segfold/image/image.h"
#include "segfold/report/canvas.h"

namespace segfold {

/// One sample of the figure `final_prediction`. The three pictures may differ in size; they are drawn equally large.
struct PanelRow {
  std::string name;
  std::string caption;  ///< e.g. the sample's score
  Image photo;          ///< RGB
  Image truth;          ///< train ids, 255 = ignored (drawn black)
  Image prediction;     ///< train ids, drawn in full
};

/// What the network sees of one sample at one time.
struct SampleView {
  std::string caption;  ///< e.g. "epoch 3, ×0.87, flipped"
  Image photo;          ///< RGB
  Image labels;         ///< train ids of the same size, 255 = ignored
};

/// One sample of the figure `samples`: as stored, then as augmented.
struct SampleRow {
  std::string name;
  std::vector<SampleView> views;
};

/// The figure `final_prediction`: photo, truth and prediction side by side in the colours of Cityscapes, a row per
/// sample, and a legend of the classes that occur. @param classes  names by train id
/// @throws UsageError if there are so many rows that no picture holds them.
Canvas draw_predictions(const std::string& title, const std::vector<PanelRow>& rows,
                        const std::vector<std::string>& classes);

/// The figure `samples`: per sample the photos that the network sees and, below, the labels laid over them.
Canvas draw_samples(const std::string& title, const std::vector<SampleRow>& rows,
                    const std::vector<std::string>& classes);

/// The colours of train ids in order, as the Cityscapes label table gives them. Source: cityscapesScripts.
std::vector<Colour> class_colours();

/// A photo with the colours of its labels laid over it; ignored pixels stay as they are but darker.
/// @param opacity  of the colours, 0–1
Image overlay_labels(const Image& photo, const Image& labels, double opacity);

}  // namespace segfold
