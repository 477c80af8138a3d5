# How targets of this project are made.

# Warnings and the rule that floating-point results do not depend on the compiler's mood: no fused multiply-add unless
# it is written, so that every SIMD level computes the same bits.
add_library(segfold_options INTERFACE)
# Designated initialisers leave the other fields at their defaults on purpose.
target_compile_options(segfold_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wcast-qual -Wcast-align -Woverloaded-virtual -Wold-style-cast
  -Wextra-semi -Wconversion -Wno-sign-conversion
  $<$<CXX_COMPILER_ID:GNU>:-Wuseless-cast -Wduplicated-cond -Wduplicated-branches -Wlogical-op>
  -Wno-missing-field-initializers -ffp-contract=off
  $<$<BOOL:${SEGFOLD_WARNINGS_AS_ERRORS}>:-Werror>)
if(SEGFOLD_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
    message(FATAL_ERROR "SEGFOLD_FUZZ needs clang++, whose libFuzzer it uses; configure another folder with "
      "-DCMAKE_CXX_COMPILER=clang++")
  endif()
  set(sanitizers -fsanitize=address,undefined -fno-sanitize-recover=undefined)
  target_compile_options(segfold_options INTERFACE -fsanitize=fuzzer-no-link ${sanitizers} -g -fno-omit-frame-pointer)
  target_link_options(segfold_options INTERFACE ${sanitizers})
endif()

# segfold_library(room sources…): the static library of one room of tools/segfold/.
function(segfold_library room)
  add_library(segfold_${room} STATIC ${ARGN})
  target_include_directories(segfold_${room} PUBLIC ${PROJECT_SOURCE_DIR}/tools)
  target_link_libraries(segfold_${room} PRIVATE segfold_options)
endfunction()

# segfold_tool(name libraries…): the executable `name` from tools/<name>.cpp.
function(segfold_tool name)
  add_executable(${name} ${name}.cpp)
  # A tool loads what it uses, not what its rooms could use: loading OpenCV or HDF5 for nothing costs its start-up.
  target_link_options(${name} PRIVATE -Wl,--as-needed)
  target_link_libraries(${name} PRIVATE segfold_options segfold_cli ${ARGN})
endfunction()
