# shellcheck shell=bash
# Which LibTorch the tools are built with: the one of the virtual environment (pip's usual build, or the one for CPUs
# alone), or a folder elsewhere. --torch chooses; the choice lies in .env-state/.
# shellcheck disable=SC2154  # root, state, venv: set by envs/run

oldest_torch=2.11
# shellcheck disable=SC2034  # python.sh asks it
torch_index=https://download.pytorch.org/whl/cpu

# "cpu", or "default": which build of torch the virtual environment is to hold.
torch_build() { cat "$state/torch-build" 2>/dev/null || echo default; }

# The folder with include/ and lib/ that the build takes.
torch_folder() { cat "$state/torch-folder" 2>/dev/null || venv_torch_folder; }

venv_torch_folder() {
  local folder
  for folder in "$venv"/lib/python3.*/site-packages/torch; do echo "$folder"; done
}

pinned_torch() { sed -n 's/^torch==\([0-9.]*\).*/\1/p' "$root/envs/requirements.txt"; }

# torch_version FOLDER: such as 2.13.0; nothing where there is no LibTorch. Older ones have the numbers elsewhere.
torch_version() {
  local header
  for header in "$1"/include/torch/{headeronly,csrc/api/include/torch}/version.h; do
    awk '$2 ~ /^TORCH_VERSION_(MAJOR|MINOR|PATCH)$/ && $3 ~ /^[0-9]+$/ { text = text dot $3; dot = "." }
      END { if (text != "") print text }' "$header" 2>/dev/null || true
  done | head -n 1
}

# torch_cuda FOLDER: the CUDA it was built with, such as 13.0; nothing for other builds.
torch_cuda() {
  [ -e "$1/lib/libtorch_cuda.so" ] || return 0
  # The package says it in version.py, the unpacked LibTorch as the end of its version: 2.13.0+cu130.
  {
    sed -nE "s/^cuda[^=]*= *'([0-9.]+)'.*/\\1/p" "$1/version.py" 2>/dev/null || true
    sed -nE 's/.*\+cu([0-9]+)([0-9])$/\1.\2/p' "$1/build-version" 2>/dev/null || true
  } | grep -m 1 . || echo "of unknown version"
}

# torch_kind FOLDER
torch_kind() {
  if [ -e "$1/lib/libtorch_cuda.so" ]; then
    echo "CUDA $(torch_cuda "$1")"
  elif [ -e "$1/lib/libtorch_hip.so" ]; then
    echo "ROCm, whose GPU part the tools do not use"
  else
    echo "CPU"
  fi
}

# torch_fault FOLDER: why the tools cannot be built with what is there; nothing when they can.
torch_fault() {
  local version file
  if [ ! -d "$1" ]; then
    echo "there is no such folder"
    return
  fi
  version=$(torch_version "$1")
  if [ -z "$version" ]; then
    echo "it is no LibTorch: it holds no include/torch/headeronly/version.h"
  elif ! not_older "$version" "$oldest_torch"; then
    echo "it is LibTorch $version, and $oldest_torch or newer is needed"
  else
    for file in include/torch/csrc/api/include/torch/torch.h lib/libtorch.so lib/libtorch_cpu.so lib/libc10.so; do
      [ -e "$1/$file" ] || { echo "it is LibTorch $version without $file" && return; }
    done
  fi
}

# check_wanted_torch VALUE: what --torch was given, before anything is done; sets wanted_torch.
check_wanted_torch() {
  local fault
  wanted_torch=$1
  case $1 in
    cpu | default) return ;;
    "") stop 64 "--torch has no value" "give it cpu, default or the folder of a LibTorch" ;;
  esac
  wanted_torch=$(readlink -m -- "$1")
  fault=$(torch_fault "$wanted_torch")
  [ -z "$fault" ] || stop 66 "--torch $1: $fault" \
    "name an unpacked LibTorch or the folder of an installed torch package (it holds include/ and lib/), or give cpu"
}

# Under the lock: makes the choice that of all later starts. python.sh and build.sh do what follows from it.
remember_torch() {
  case $wanted_torch in
    "") return ;;
    cpu | default)
      forget_other_build
      { echo "$wanted_torch" >"$state/torch-build" && rm -f "$state/torch-folder"; } 2>/dev/null || explain_unwritable "$state"
      ;;
    *) { echo "$wanted_torch" >"$state/torch-folder"; } 2>/dev/null || explain_unwritable "$state" ;;
  esac
}

# pip takes one build of a version for the other, and leaves the 4 GB that a CUDA build brought; so all is made anew.
forget_other_build() {
  local folder
  folder=$(venv_torch_folder)
  [ "$wanted_torch" != "$(torch_build)" ] && [ -d "$folder" ] || return 0
  [ "$wanted_torch" != cpu ] || [ "$(torch_kind "$folder")" != CPU ] || return 0
  say "the virtual environment holds another build of torch; making it anew"
  remove "$venv"
}

# A chosen folder can be gone, or hold something else, at a later start.
check_chosen_torch() {
  local fault
  [ -e "$state/torch-folder" ] || return 0
  fault=$(torch_fault "$(torch_folder)")
  [ -z "$fault" ] || "$1" 66 "the LibTorch chosen by --torch, $(torch_folder): $fault" \
    "choose again: envs/run --torch default, cpu or the folder where it lies now"
}

# The loader and the compiler look into these variables before they look where the tools were told to: another LibTorch
# there (1.13 of a distribution or of a module, say) would be mixed with the chosen one. Fills other_torch.
leave_out_other_torch() {
  local variable folder folders kept
  other_torch=()
  for variable in LD_LIBRARY_PATH LIBRARY_PATH CPATH C_INCLUDE_PATH CPLUS_INCLUDE_PATH; do
    [ -n "${!variable:-}" ] || continue
    kept=""
    IFS=: read -r -a folders <<<"${!variable}"
    for folder in "${folders[@]}"; do
      if [ -e "$folder/libtorch.so" ] || [ -e "$folder/libc10.so" ] || [ -e "$folder/torch/csrc" ]; then
        other_torch+=("$folder in $variable")
      else
        kept+="${kept:+:}$folder"
      fi
    done
    # An element that is empty means the current folder, so a variable without folders goes.
    if [[ " ${other_torch[*]}" == *" in $variable"* ]]; then
      if [ -n "$kept" ]; then export "$variable=$kept"; else unset "$variable"; fi
    fi
  done
}
