# shellcheck shell=bash
# The virtual environment .venv/ with the pinned requirements.
# shellcheck disable=SC2154  # root, state, venv, python, pythons_seen, ...: set by envs/run, system.sh, torch.sh

# Two lines that must hold for an environment to be used at all, and one more for it to be up to date. A folder that
# was moved is made anew: the scripts in it name their interpreter by its whole path.
python_place() {
  echo "$venv"
  "$venv/bin/python" -I -S -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null || echo "no Python"
}
python_requirements() { cat "$root/envs/requirements.txt" "$root/envs/constraints.txt" | cksum; }

# Where SEGFOLD_PYTHON names one, the environment must be of its version.
python_is_wanted() {
  local version='import sys; print(*sys.version_info[:2])'
  [ -z "${SEGFOLD_PYTHON:-}" ] || [ "$("$SEGFOLD_PYTHON" -I -c "$version" 2>/dev/null)" = "$(python_place | tail -n 1)" ]
}

python_is_ready() {
  python_is_wanted && [ -f "$venv/.segfold" ] && [ -d "$(venv_torch_folder)" ] &&
    [ "$(python_place && python_requirements)" = "$(cat "$venv/.segfold")" ]
}

prepare_python() {
  check_environment_rights stop
  need_python
  # A mark that is not the place's own says: unfinished, moved, or its Python is gone. An environment without any mark
  # was made by hand; it is brought up to date and kept.
  if [ -e "$venv" ] && ! python_can_be_kept; then
    say "the virtual environment $venv is unfinished, broken or not of the Python that is wanted; making it anew"
    remove "$venv"
  fi
  if [ ! -e "$venv" ]; then need_space 2500 "the virtual environment" "6000 with a CUDA build of torch"; fi
  { rm -rf "$state/tmp" && mkdir -p "$state/tmp"; } 2>/dev/null || explain_unwritable "$state"
  step python "installing the Python packages into .venv" fill_venv "$python"
  { python_place && python_requirements; } 2>/dev/null >"$venv/.segfold" || explain_unwritable "$venv"
  rm -rf "$state/tmp"
}

# check_environment_rights REPORTER: an environment that this user may not read is somebody's, not broken.
check_environment_rights() {
  local place
  [ -e "$venv" ] || return 0
  place=$(find "$venv" ! -type l ! -readable -print -quit 2>/dev/null) || true
  if [ -z "$place" ] && python_is_forbidden; then place=$(readlink -m "$venv/bin/python"); fi
  [ -z "$place" ] || "$1" 77 "user $(user_name) may not read $place, which belongs to the virtual environment $venv" \
    "have its owner open it to you, or use a copy of the repository in a folder of your own"
}

# Its link leads to where this user may not look, such as another's home. 126: it is there and must not be run.
python_is_forbidden() {
  local status=0
  "$venv/bin/python" -V >/dev/null 2>&1 || status=$?
  ((status == 126)) && [ ! -O "$venv/bin/python" ]
}

python_can_be_kept() {
  python_is_wanted || return 1
  "$venv/bin/python" -I -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || return 1
  [ ! -e "$venv/.segfold" ] || [ "$(python_place)" = "$(head -n 2 "$venv/.segfold")" ]
}

need_python() {
  find_python || stop 66 "no $python_needed was found (found: $pythons_seen)" \
    "install one, or name it: SEGFOLD_PYTHON=/path/to/python3 envs/run ..."
}

# The build of torch for CPUs comes first and by itself: only for it is that index asked.
install_packages() {
  local pip=("$venv/bin/python" -I -m pip install)
  if [ "$(torch_build)" = cpu ]; then
    "${pip[@]}" --no-deps "torch==$(pinned_torch)+cpu" --extra-index-url "$torch_index" || return
  fi
  "${pip[@]}" -r "$root/envs/requirements.txt" -c "$root/envs/constraints.txt"
}

# fill_venv PYTHON: in a child of its own, so the settings of pip stay here. An interrupt leaves the mark "unfinished";
# a pip that fails by itself leaves an older environment as it was, so that one can be kept.
fill_venv() {
  local kept=""
  if [ -e "$venv" ]; then kept=$(python_place); fi
  mkdir -p "$venv" && echo unfinished >"$venv/.segfold" || return
  # venv would keep to itself why ensurepip failed (a full disk, say).
  [ -n "$kept" ] || { "$1" -m venv --without-pip "$venv" && "$venv/bin/python" -I -m ensurepip --default-pip; } || return
  unset PIP_TARGET PIP_PREFIX PIP_ROOT
  # Wheels are unpacked beside the environment: a small /tmp cannot hold those of a CUDA build.
  export TMPDIR="$state/tmp" PIP_USER=0 PIP_NO_INPUT=1 PIP_DISABLE_PIP_VERSION_CHECK=1
  # Without one retry pip does not say that it had no connection.
  if [ "${PIP_RETRIES:-}" = 0 ]; then export PIP_RETRIES=1; fi
  if ! install_packages; then
    if [ -n "$kept" ]; then printf '%s\nunfinished\n' "$kept" >"$venv/.segfold"; fi
    return 1
  fi
  "$venv/bin/python" -I -m pip check && test -e "$(venv_torch_folder)/include/torch/csrc/api/include/torch/torch.h"
}
