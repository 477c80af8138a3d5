# shellcheck shell=bash
# CMake's configuration and the optimised build in build/.
# shellcheck disable=SC2154  # root, state, build, compiler, conda_in_use: set by envs/run and system.sh

# What the configuration was made with; CMake itself watches its own files.
configuration_key() {
  local torch
  torch=$(torch_folder)
  printf '%s\n' "$root" "$torch" "$(torch_version "$torch") $(torch_kind "$torch")" "${CXX:-}" "${CC:-}" \
    "${SEGFOLD_CMAKE_ARGS:-}" "$conda_in_use"
}

configuration_is_ready() {
  [ -e "$build/build.ninja" ] && [ "$(configuration_key)" = "$(cat "$build/.segfold" 2>/dev/null)" ]
}

configure() {
  local arguments=() more=()
  find_compiler || stop 66 "no C++20 compiler was found (found: $compilers_seen)" \
    "install g++ $oldest_gcc or clang++ $oldest_clang or newer, or name one by CXX"
  arguments=(-S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release
    "-DSEGFOLD_TORCH_DIR=$(torch_folder)" "-DPython3_EXECUTABLE=$venv/bin/python")
  if [ -z "${CXX:-}" ]; then arguments+=("-DCMAKE_CXX_COMPILER=$compiler"); fi
  if type -P ccache >/dev/null; then
    # Without these two ccache passes over everything that uses the precompiled header, and over other clones.
    arguments+=("-DCMAKE_CXX_COMPILER_LAUNCHER=env;CCACHE_SLOPPINESS=pch_defines,time_macros;CCACHE_BASEDIR=$root;ccache")
  fi
  if links_with_lld; then arguments+=(-DCMAKE_EXE_LINKER_FLAGS=-fuse-ld=lld); fi
  read -r -a more <<<"${SEGFOLD_CMAKE_ARGS:-}"
  # An older configuration's choices must not live on in the cache; objects that still fit are kept.
  remove "$build/.segfold" "$build/CMakeCache.txt" "$build/CMakeFiles"
  step configure "configuring the build" cmake "${arguments[@]}" "${more[@]}"
  { configuration_key >"$build/.segfold"; } 2>/dev/null || explain_unwritable "$build"
}

links_with_lld() {
  local status=0
  # shellcheck disable=SC2086
  $compiler -fuse-ld=lld -x c++ - -o "$state/tmp-lld" <<<'int main() {}' 2>/dev/null || status=1
  rm -f "$state/tmp-lld"
  return "$status"
}

build_is_ready() { [ "$(ninja -C "$build" -n 2>/dev/null | tail -n 1)" = "ninja: no work to do." ]; }

compile() {
  local jobs=${SEGFOLD_JOBS:-}
  [[ -z $jobs || $jobs =~ ^[1-9][0-9]*$ ]] ||
    stop 64 "SEGFOLD_JOBS is \"$jobs\", not a number of compilers" "give a whole number from 1, or unset it"
  jobs=${jobs:-$(parallel_jobs)}
  if [ ! -d "$build/bin" ]; then need_space 1500 "the build"; fi
  step build "building with $jobs compiler$( ((jobs == 1)) || echo s) at a time" ninja -C "$build" -j "$jobs"
}

# As many as this process has cores, and no more than fit into memory: a file that includes LibTorch takes 2 GB.
parallel_jobs() {
  local cores jobs
  cores=$(usable_cores)
  jobs=$(($(usable_megabytes) / megabytes_per_compiler))
  jobs=$((jobs < cores ? jobs : cores))
  echo $((jobs > 1 ? jobs : 1))
}

megabytes_per_compiler=2000

usable_cores() {
  local cores quota period
  cores=$(nproc 2>/dev/null || echo 1)
  if read -r quota period 2>/dev/null </sys/fs/cgroup/cpu.max && [ "$quota" != max ]; then
    cores=$((quota / period < cores ? quota / period : cores))
  fi
  echo $((cores > 1 ? cores : 1))
}

# Memory that is free now, within the limit of this container.
usable_megabytes() {
  local megabytes quota
  megabytes=$(awk '/^MemAvailable/ { print int($2 / 1024) }' /proc/meminfo 2>/dev/null || echo 2000)
  quota=$(cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | head -n 1)
  if [[ $quota =~ ^[0-9]+$ ]] && ((quota / 1048576 < megabytes)); then megabytes=$((quota / 1048576)); fi
  echo "$megabytes"
}
