# shellcheck shell=bash
# envs/run doctor: what this machine has, how far the set-up is, and what stands in its way. Writes nothing but its
# findings, so that it also works where the set-up has not begun, has failed, or belongs to another user.
# shellcheck disable=SC2154  # root, state, venv, build, found, lacking, other_torch, ...: set by envs/run and its parts

doctor() {
  (($# == 0)) || stop 64 "doctor takes no argument, but got \"$1\"" "say: envs/run doctor"
  [ -z "$wanted_torch" ] || stop 64 "doctor changes nothing, so it takes no --torch" \
    "choose first, envs/run --torch $wanted_torch true, and then say: envs/run doctor"
  problems=() remarks=() first_status=0
  look_at_machine
  look_at_system
  look_at_torch
  look_at_gpu
  look_at_set_up
  look_at_space
  print_verdict
  exit "$first_status"
}

row() { printf '%-12s %s\n' "$1" "$2"; }

# problem STATUS SENTENCE REMEDY: stands in the way; the first one's status is the doctor's.
problem() {
  if ((first_status == 0)); then first_status=$1; fi
  problems+=("$2" "$3")
}

# remark SENTENCE REMEDY: good to know.
remark() { remarks+=("$1" "$2"); }

print_verdict() {
  local i
  for ((i = 0; i < ${#remarks[@]}; i += 2)); do
    printf '\nnote: %s\n  %s\n' "${remarks[i]}" "${remarks[i + 1]}"
  done
  for ((i = 0; i < ${#problems[@]}; i += 2)); do
    printf '\nwrong: %s\n  remedy: %s\n' "${problems[i]}" "${problems[i + 1]}"
  done
  if ((${#problems[@]} == 0)); then printf '\nNothing stands in the way.\n'; fi
}

look_at_machine() {
  local name flags
  name=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release 2>/dev/null || true)
  row system "${name:-$(uname -s)}, $(uname -m), user $(user_name)"
  name=$(awk -F ': ' '/^model name/ { print $2; exit }' /proc/cpuinfo 2>/dev/null || true)
  row processor "${name:-of unknown name}; $(count "$(usable_cores)" core) for this process"
  flags=$(awk -F ': ' '/^(flags|Features)/ { print $2; exit }' /proc/cpuinfo 2>/dev/null || true)
  case " $flags " in
    *" avx512_bf16 "* | *" amx_bf16 "* | *" bf16 "*) row "" "with bfloat16 instructions" ;;
    *) row "" "without bfloat16 instructions: trainings run in float32" ;;
  esac
  row memory "$(usable_megabytes) MB free for this process"
  row disk "$(free_megabytes) MB free for $root"
}

count() { echo "$1 $2$( (($1 == 1)) || echo s)"; }

look_at_system() {
  local i
  check_named problem
  look_for_requirements
  row compiler "${compiler:-none}${compiler:+, $($compiler --version 2>/dev/null | head -n 1)}"
  row CMake "${cmake_seen:-none}; Ninja $(ninja --version 2>/dev/null || echo none)"
  row Python "$(python_in_use)"
  row libraries "$(join_with_commas "${found[@]}")"
  if ((${#wished[@]} > 0)); then row "not needed" "and not found: $(join_with_commas "${wished[@]}")"; fi
  for ((i = 0; i < ${#lacking[@]}; i++)); do
    if may_install; then
      remark "this is missing: ${lacking[i]}" "the next start of envs/run asks apt-get for ${lacking_packages[i]}"
    fi
  done
  if ((${#lacking[@]} > 0)) && ! may_install; then
    for i in "${lacking[@]}"; do problem 66 "this is missing: $i" "$(remedy_without_root); or: $conda_remedy"; done
  fi
  if [ -n "$compiler" ]; then try_compiler; fi
}

# The one that everything runs on: that of .venv/ once it is there, before that the one it would be made with.
python_in_use() {
  local version one=$python
  version='import sys; print("%d.%d.%d" % sys.version_info[:3])'
  if "$venv/bin/python" -I -c "$version" >/dev/null 2>&1; then one=$venv/bin/python; fi
  echo "${one:-none}${one:+, $("$one" -I -c "$version")}"
}

join_with_commas() {
  local text
  text=$(printf ', %s' "$@")
  echo "${text:2}"
}

first_line() { grep -m 1 . <<<"${1:-it says nothing}" | cut -c 1-200; }

# A compiler can be there without its C++ library or linker.
try_compiler() {
  local said
  # shellcheck disable=SC2086
  said=$($compiler -std=c++20 -x c++ - -o /dev/null <<<$'#include <span>\n#include <ranges>\nint main() {}' 2>&1) && return
  case $said in
    *"No space left"* | *"emporary file"*)
      problem 74 "$compiler cannot write its temporary files: $(first_line "$said")" \
        "free some space in ${TMPDIR:-/tmp}, or set TMPDIR to a folder on another disk"
      ;;
    *)
      problem 66 "$compiler does not make a program of C++20: $(first_line "$said")" \
        "install the rest of it (the C++ library's headers and a linker: package g++), or name another compiler by CXX"
      ;;
  esac
}

look_at_torch() {
  local folder place
  check_chosen_torch problem
  folder=$(torch_folder)
  if [ -n "$(torch_version "$folder")" ]; then
    row LibTorch "$(torch_version "$folder"), $(torch_kind "$folder"), in $folder"
  else
    row LibTorch "none yet (torch $(pinned_torch), $(torch_build) build, comes with the Python packages)"
  fi
  row packages "$(venv_packages torch snakemake numpy pandas h5py safetensors)"
  for place in "${other_torch[@]}"; do
    remark "another LibTorch lies in ${place% in *}, which ${place##* } names" \
      "envs/run leaves that folder out, so nothing is mixed with it; tools started in another way would load it"
  done
  for place in /usr /usr/local; do
    [ -z "$(torch_version "$place")" ] || [ "$place" = "$folder" ] ||
      remark "LibTorch $(torch_version "$place") is installed in $place" "the build does not look there; nothing need be done"
  done
}

# venv_packages NAME...: those that are there, with their versions.
venv_packages() {
  local name place versions=()
  for name in "$@"; do
    for place in "$venv"/lib/python3.*/site-packages/"$name"-*.dist-info; do
      place=${place##*/}
      [[ $place == *'*'* ]] || versions+=("$name ${place:${#name}+1:-10}")
    done
  done
  if ((${#versions[@]} > 0)); then join_with_commas "${versions[@]}"; else echo "none yet"; fi
}

look_at_gpu() {
  local listed line served wanted folder
  folder=$(torch_folder)
  wanted=$(torch_cuda "$folder")
  if ! type -P nvidia-smi >/dev/null; then
    row GPU "none (there is no nvidia-smi, which an NVIDIA driver brings)"
    return
  fi
  if ! listed=$(nvidia-smi --query-gpu=name,memory.total,driver_version --format=csv,noheader 2>&1); then
    row GPU "none that can be used"
    problem 66 "nvidia-smi finds no GPU that works: $(first_line "$listed")" \
      "load the driver's kernel module, or start the machine again after an update of it; into a container pass the GPU"
    return
  fi
  while IFS= read -r line; do row GPU "${line%,*}, driver${line##*,}"; done <<<"$listed"
  served=$(nvidia-smi -q 2>/dev/null | sed -nE 's/^CUDA Version *: *([0-9.]+).*/\1/p' | head -n 1) || served=""
  if [ -n "$(torch_version "$folder")" ] && [ -z "$wanted" ]; then
    remark "this LibTorch is a $(torch_kind "$folder") build, so the GPU stays idle" \
      "for a build with CUDA: envs/run --torch default, or --torch FOLDER with such a LibTorch"
  elif [[ $wanted == [0-9]* && $served == [0-9]* ]] && ((${served%%.*} < ${wanted%%.*})); then
    problem 66 "the driver serves CUDA up to $served, and this LibTorch was built with CUDA $wanted" \
      "update the driver, or choose a LibTorch for CUDA ${served%%.*} by envs/run --torch FOLDER, or envs/run --torch cpu"
  elif [ -x "$build/bin/train-fold" ] && "$build/bin/train-fold" --version 2>/dev/null | grep -q 'no GPU can be used'; then
    problem 66 "nvidia-smi lists a GPU, and the tools cannot use it" \
      "see that CUDA_VISIBLE_DEVICES does not hide it and that this user may open /dev/nvidia*; otherwise update the driver"
  fi
}

# What is done and what the next start does; then what went wrong at the last one.
look_at_set_up() {
  local todo=() failure=()
  system_is_ready || todo+=("a look at the system's packages")
  python_is_ready || todo+=("the Python packages")
  configuration_is_ready || todo+=("the configuration")
  build_is_ready || todo+=("the build")
  if ((${#todo[@]} == 0)); then
    row set-up finished
    try_tools
  else
    row set-up "to be done by the next envs/run COMMAND: $(join_with_commas "${todo[@]}")"
    look_at_writing
  fi
  if set_up_is_running; then
    remark "another envs/run is setting up this folder now" "wait for it, then ask again"
    return
  fi
  mapfile -t failure < <(cat "$state/failure" 2>/dev/null)
  if ((${#failure[@]} == 4)); then
    problem "${failure[0]}" "at the last start, ${failure[1]}" "${failure[2]}; log: ${failure[3]}"
  fi
}

# Status 75 is asked for, so that a file system without locks says no.
set_up_is_running() {
  local status=0
  [ -e "$state/lock" ] && type -P flock >/dev/null || return 1
  flock -n -s -E 75 "$state/lock" true 2>/dev/null || status=$?
  ((status == 75))
}

# Libraries can vanish, or change, after the build.
try_tools() {
  local tool said
  for tool in synthesize train-fold; do
    said=$("$build/bin/$tool" --version 2>&1 >/dev/null) ||
      problem 70 "$tool does not start: $(first_line "$said")" \
        "make the build anew: rm -rf $build, then envs/run true"
  done
}

look_at_writing() {
  local folder
  check_environment_rights problem
  for folder in "$root" "$state"; do
    if [ -d "$folder" ] && [ ! -w "$folder" ]; then
      problem 77 "user $(user_name) may not write to $folder, and the set-up is not finished" \
        "use a copy of the repository in a folder of your own"
    fi
  done
}

look_at_space() {
  local needed=100 free
  [ -e "$venv/.segfold" ] || needed=$((needed + 2500))
  [ -d "$build/bin" ] || needed=$((needed + 1500))
  free=$(free_megabytes)
  ((free >= needed)) || problem 74 "the disk that holds $root has $free MB free, and about $needed MB are needed" \
    "free some space or move the repository to a larger disk"
  build_is_ready || (($(usable_megabytes) >= megabytes_per_compiler)) ||
    problem 71 "$(usable_megabytes) MB of memory are free, and a compiler takes $megabytes_per_compiler MB" \
      "close other programs, raise this container's limit or add swap"
}
