# Weight files and what they say of their model. They need no LibTorch: tools that only look start in milliseconds.
segfold_library(weights
  foreign_weights.cpp model_info.cpp model_options.cpp pickle.cpp precision.cpp pth_file.cpp safetensors_file.cpp safetensors_header.cpp state_dict_pickle.cpp strided.cpp tensor_checks.cpp
  tensor_file.cpp unpickler.cpp zip_archive.cpp)
target_link_libraries(segfold_weights PUBLIC segfold_base PRIVATE PkgConfig::libzip)
