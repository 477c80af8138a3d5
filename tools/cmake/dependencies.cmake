# Libraries of others, as imported targets; their headers count as system headers.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(HDF5 REQUIRED COMPONENTS C)
find_package(OpenCV 4 REQUIRED COMPONENTS core imgproc)
pkg_check_modules(cairo REQUIRED IMPORTED_TARGET cairo)
pkg_check_modules(spng REQUIRED IMPORTED_TARGET spng)
pkg_check_modules(libdeflate REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
pkg_check_modules(libxxhash REQUIRED IMPORTED_TARGET libxxhash)
if(SEGFOLD_BUILD_TESTS)
  find_package(GTest REQUIRED)
endif()

# LibTorch through targets of our own: find_package(Torch) of a CUDA build stops where no CUDA toolkit is installed,
# although nothing here compiles CUDA.
find_path(SEGFOLD_TORCH_INCLUDE torch/csrc/api/include/torch/version.h HINTS ${SEGFOLD_TORCH_DIR} PATH_SUFFIXES include NO_DEFAULT_PATH)
if(NOT SEGFOLD_TORCH_INCLUDE)
  message(FATAL_ERROR "LibTorch 2.11 or newer was not found in '${SEGFOLD_TORCH_DIR}'; run envs/run, or pass "
    "-DSEGFOLD_TORCH_DIR=FOLDER (of Python's torch package or an unpacked LibTorch)")
endif()
get_filename_component(torch_root ${SEGFOLD_TORCH_INCLUDE} DIRECTORY)
set(torch_version_header ${SEGFOLD_TORCH_INCLUDE}/torch/headeronly/version.h)
if(NOT EXISTS ${torch_version_header})  # an old LibTorch, which is to be named by its version
  set(torch_version_header ${SEGFOLD_TORCH_INCLUDE}/torch/csrc/api/include/torch/version.h)
endif()
file(STRINGS ${torch_version_header} torch_version REGEX "TORCH_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
string(REGEX MATCHALL "[0-9]+" torch_version "${torch_version}")
list(JOIN torch_version "." torch_version)
if(torch_version VERSION_LESS 2.11)
  message(FATAL_ERROR "LibTorch ${torch_version} in ${torch_root} is too old; 2.11 or newer is needed, envs/run installs 2.13.0")
endif()
message(STATUS "LibTorch ${torch_version} in ${torch_root}")

function(import_torch_library name)
  find_library(SEGFOLD_${name}_LIBRARY ${name} HINTS ${torch_root}/lib NO_DEFAULT_PATH)
  if(SEGFOLD_${name}_LIBRARY)
    add_library(torch_import::${name} SHARED IMPORTED)
    set_target_properties(torch_import::${name} PROPERTIES IMPORTED_LOCATION ${SEGFOLD_${name}_LIBRARY})
  endif()
endfunction()
foreach(name torch torch_cpu c10 torch_cuda c10_cuda)
  import_torch_library(${name})
endforeach()

add_library(segfold_torch INTERFACE)
target_include_directories(segfold_torch SYSTEM INTERFACE ${torch_root}/include ${torch_root}/include/torch/csrc/api/include)
# LibTorch brings headers of another fmt than the system's; used as headers only, the two never meet.
target_compile_definitions(segfold_torch INTERFACE FMT_HEADER_ONLY=1)
# The wheel's libraries find their own neighbours (CUDA's among them) by their run path: the linker need not.
target_link_options(segfold_torch INTERFACE -Wl,--allow-shlib-undefined)
target_link_libraries(segfold_torch INTERFACE torch_import::torch torch_import::torch_cpu torch_import::c10 Threads::Threads)
if(TARGET torch_import::torch_cuda)
  # Nothing here refers to a symbol of the CUDA library; without this the linker drops it and no GPU is ever found.
  target_link_libraries(segfold_torch INTERFACE
    -Wl,--push-state,--no-as-needed torch_import::torch_cuda torch_import::c10_cuda -Wl,--pop-state)
endif()
