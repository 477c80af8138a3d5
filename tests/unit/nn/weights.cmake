# Weight files: no LibTorch here, so these compile and start quickly.
segfold_unit_test(weights
  failing_reads_test.cpp foreign_weights_test.cpp memory_budget_test.cpp model_info_test.cpp model_options_test.cpp pickle_test.cpp precision_test.cpp pth_file_test.cpp safetensors_file_test.cpp safetensors_header_test.cpp state_dict_pickle_test.cpp strided_test.cpp
  tensor_checks_test.cpp tensor_file_test.cpp unpickler_test.cpp zip_archive_test.cpp
  LIBRARIES PkgConfig::libzip)

# What tests/parity/test_weight_files.py runs.
add_executable(tensor_file_tool ${PROJECT_SOURCE_DIR}/tests/support/tensor_file_tool.cpp)
target_link_libraries(tensor_file_tool PRIVATE segfold_options segfold_weights)
set_target_properties(tensor_file_tool PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
