# shellcheck shell=bash
# The system's side: compiler, CMake, libraries. Installed by apt-get where that is possible, otherwise found or asked for.
# shellcheck disable=SC2034,SC2154  # root, state, command_path: set by envs/run

oldest_gcc=12
oldest_clang=15
oldest_cmake=3.22
oldest_python=3.11
python_needed="Python $oldest_python or newer with venv and ensurepip"

# Compilers and interpreters by name, the usual one first. CXX and SEGFOLD_PYTHON come before all others.
compiler_names=(g++ c++ clang++ g++-{15,14,13,12} clang++-{20,19,18,17,16,15})
python_names=(python3 python3.{13,12,11,14} python)

apt_packages() { sed 's/#.*//' "$root/envs/apt-packages.txt" | tr -s ' \n' '\n' | sed '/^$/d'; }

# Those of the list that dpkg does not know as installed (12 ms).
missing_apt_packages() {
  local wanted
  mapfile -t wanted < <(apt_packages)
  # dpkg-query ends with 1 when it knows nothing of one of them.
  { dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null || true; } |
    awk '$1 == "installed" { print $2 }' | sort -u | comm -13 - <(printf '%s\n' "${wanted[@]}" | sort -u)
}

# What the check of the system rests on; when it changes the check is made again. Packages of the list that were not
# dpkg's when everything was found (built by hand, say) may stay so.
system_key() {
  printf '%s\n' "$(apt_packages)" "${CXX:-}" "${SEGFOLD_PYTHON:-}" "$conda_in_use"
  cat /etc/machine-id 2>/dev/null || true
  if type -P dpkg-query >/dev/null; then missing_apt_packages; fi
}

system_is_ready() {
  type -P cmake ninja >/dev/null && [ "$(system_key)" = "$(cat "$state/system" 2>/dev/null)" ]
}

prepare_system() {
  check_named stop
  look_for_requirements
  if ((${#lacking[@]} + ${#wished[@]} > 0)) && may_install; then
    install_with_apt
    look_for_requirements
  fi
  ((${#lacking[@]} == 0)) || list_lacking
  if ((${#wished[@]} > 0)); then say "not found, and not needed: ${wished[*]}"; fi
  { system_key >"$state/system"; } 2>/dev/null || explain_unwritable "$state"
}

# check_named REPORTER: what CXX and SEGFOLD_PYTHON name must do; nothing else is tried then, and apt-get cannot mend it.
check_named() {
  if [ -n "${CXX:-}" ] && ! find_compiler; then
    "$1" 66 "CXX is \"$CXX\", which is no C++20 compiler (found: $compilers_seen)" \
      "unset CXX, or let it name g++ $oldest_gcc, clang++ $oldest_clang or newer"
  fi
  if [ -n "${SEGFOLD_PYTHON:-}" ] && ! find_python; then
    "$1" 66 "SEGFOLD_PYTHON is \"$SEGFOLD_PYTHON\", which is no $python_needed (found: $pythons_seen)" \
      "unset SEGFOLD_PYTHON, or let it name such a Python"
  fi
}

# Fills four lists: found (name and version), lacking (in words), lacking_packages (apt's names of these) and wished
# (useful, not necessary).
look_for_requirements() {
  found=() lacking=() lacking_packages=() wished=()
  find_compiler || [ -n "${CXX:-}" ] || lack "a C++20 compiler: g++ $oldest_gcc or clang++ $oldest_clang or newer (found: $compilers_seen)" \
    "$(newer_package 'g++' "$compilers_seen")"
  find_python || [ -n "${SEGFOLD_PYTHON:-}" ] || lack "$python_needed (found: $pythons_seen)" \
    "$(newer_package python3-venv "$pythons_seen")"
  has_cmake || lack "CMake $oldest_cmake or newer (found: ${cmake_seen:-none})" cmake
  type -P ninja >/dev/null || lack "Ninja" ninja-build
  type -P git >/dev/null || wished+=(git)
  look_for_libraries
  type -P ccache >/dev/null || wished+=(ccache)
  type -P ld.lld >/dev/null || wished+=(lld)
  has_font || wished+=("a TrueType font such as DejaVu")
}

look_for_libraries() {
  type -P pkg-config >/dev/null || lack "pkg-config" pkg-config
  look_for_module cairo cairo/cairo.h libcairo2-dev
  look_for_module spng spng.h libspng-dev
  look_for_module libdeflate libdeflate.h libdeflate-dev
  look_for_module libzip zip.h libzip-dev
  look_for_module libxxhash xxhash.h libxxhash-dev
  look_for_header CLI/CLI.hpp "CLI11" libcli11-dev CLI11
  look_for_header fmt/format.h "fmt" libfmt-dev fmt
  look_for_header nlohmann/json.hpp "nlohmann-json" nlohmann-json3-dev nlohmann_json
  look_for_header openssl/evp.h "OpenSSL" libssl-dev openssl
  look_for_header zlib.h "zlib" zlib1g-dev zlib
  look_for_header hdf5.h "HDF5" libhdf5-dev hdf5
  look_for_header opencv2/imgproc.hpp "OpenCV 4" libopencv-dev opencv4
  look_for_header gtest/gtest.h "GoogleTest" libgtest-dev gtest
  look_for_header gmock/gmock.h "GoogleMock" libgmock-dev gmock
}

lack() {
  lacking+=("$1")
  lacking_packages+=("$2")
}

# note_found LIBRARY MODULE: with the version, where pkg-config knows one ("OpenCV 4.6.0", not "OpenCV 4 4.6.0").
note_found() {
  local version
  version=$(pkg-config --modversion "$2" 2>/dev/null) || version=""
  found+=("${1% "${version%%.*}"}${version:+ $version}")
}

# look_for_module MODULE HEADER PACKAGE: by pkg-config, as the build does; by its header where that is missing as well.
look_for_module() {
  if ! type -P pkg-config >/dev/null; then
    look_for_header "$2" "$1" "$3" "$1"
  elif pkg-config --exists "$1"; then
    note_found "$1" "$1"
  else
    lack "the library $1 (pkg-config does not know it)" "$3"
  fi
}

# look_for_header FILE LIBRARY PACKAGE MODULE: by its header; pkg-config's MODULE tells the version only.
look_for_header() {
  local folder folders
  IFS=: read -r -a folders <<<"${CPLUS_INCLUDE_PATH:-}:${CPATH:-}:/usr/local/include:/usr/include"
  if [ -n "${CMAKE_PREFIX_PATH:-}" ]; then folders+=("${CMAKE_PREFIX_PATH//:/\/include:}/include"); fi
  IFS=: read -r -a folders <<<"$(IFS=: && echo "${folders[*]}")"
  for folder in "${folders[@]}" /usr/include/*-linux-gnu*; do
    [ -n "$folder" ] || continue
    if [ -e "$folder/$1" ] || [ -e "$folder/opencv4/$1" ] || [ -e "$folder/hdf5/serial/$1" ]; then
      note_found "$2" "$4"
      return
    fi
  done
  lack "the library $2 (its header $1)" "$3"
}

# The program when it is new enough; otherwise compilers_seen says what was there instead.
find_compiler() {
  local name version names=("${compiler_names[@]}")
  if [ -n "${CXX:-}" ]; then names=("$CXX"); fi
  compiler="" compilers_seen=""
  for name in "${names[@]}"; do
    # CXX may hold a launcher or flags, so it is split into words.
    # shellcheck disable=SC2086
    version=$($name -E -P -x c++ - <<<'__GNUC__ __clang_major__' 2>/dev/null | tail -n 1) || continue
    case $version in
      [0-9]*\ __clang_major__) version=${version%% *} && ((version >= oldest_gcc)) && compiler=$name && return ;;
      [0-9]*\ [0-9]*) version=${version##* } && ((version >= oldest_clang)) && compiler=$name && return ;;
      *) continue ;;
    esac
    compilers_seen+="${compilers_seen:+, }$name $version"
  done
  compilers_seen=${compilers_seen:-none}
  return 1
}

find_python() {
  local name version names=("${python_names[@]}")
  if [ -n "${SEGFOLD_PYTHON:-}" ]; then names=("$SEGFOLD_PYTHON"); fi
  python="" pythons_seen=""
  for name in "${names[@]}"; do
    # A conda environment that holds nothing of this project may still have the only new Python.
    name=$(PATH=$PATH:$command_path type -P "$name") || continue
    version=$("$name" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue
    if ! not_older "$version" "$oldest_python"; then
      pythons_seen+="${pythons_seen:+, }$name $version"
    elif ! "$name" -I -c 'import ensurepip, venv' 2>/dev/null; then
      pythons_seen+="${pythons_seen:+, }$name $version without venv or ensurepip"
    else
      python=$name
      return 0
    fi
  done
  pythons_seen=${pythons_seen:-none}
  return 1
}

has_cmake() {
  cmake_seen=$(cmake --version 2>/dev/null | awk 'NR == 1 { print $3 }') || cmake_seen=""
  [ -n "$cmake_seen" ] && not_older "$cmake_seen" "$oldest_cmake"
}

has_font() { fc-list 2>/dev/null | grep -qi dejavu || [ -e /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf ]; }

not_older() { [ "$(printf '%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# newer_package NAME SEEN: NAME, or, where that is there already and too old, the versioned package beside it.
newer_package() {
  case $1:$2 in
    g++:g++\ * | g++:*,\ g++\ *) echo "g++-$oldest_gcc" ;;
    python3-venv:*venv*) echo python3-venv ;;
    python3-venv:*python3\ *) echo "python$oldest_python-venv" ;;
    *) echo "$1" ;;
  esac
}

# Root, or a sudo that asks for no password, and apt-get.
may_install() {
  type -P apt-get >/dev/null && type -P dpkg-query >/dev/null || return 1
  if [ "$(id -u)" = 0 ]; then as_root=(); else as_root=(sudo -n); fi
  ((${#as_root[@]} == 0)) || sudo -n true 2>/dev/null
}

install_with_apt() {
  local packages
  mapfile -t packages < <({ missing_apt_packages && printf '%s\n' "${lacking_packages[@]}"; } | sed '/^$/d' | sort -u)
  ((${#packages[@]} > 0)) || return 0
  say "these system packages will be installed: ${packages[*]}"
  need_space 1500 "their installation"
  interrupt_gently=yes
  step system "installing system packages" run_apt "${packages[@]}"
  interrupt_gently=no
}

run_apt() {
  # A service that a package starts would hold the lock of the set-up for as long as it runs.
  exec 9>&-
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=600)
  if [ -n "$(dpkg --audit)" ]; then "${as_root[@]}" dpkg --configure -a; fi
  # A broken third-party source fails the update and need not matter for these packages.
  "${apt[@]}" update || echo "apt-get update failed; trying with the lists that are there"
  exec "${apt[@]}" install --no-install-recommends "$@"
}

list_lacking() {
  local line
  say "error: the system lacks:"
  for line in "${lacking[@]}"; do say "  - $line"; done
  if may_install; then
    say "remedy: apt-get has given what it has ($(packages_to_ask_for)); put newer ones in front of the PATH, or into CXX" \
      "or SEGFOLD_PYTHON, then run envs/run again"
  else
    say "remedy: $(remedy_without_root)"
  fi
  say "or, without root: $conda_remedy"
  exit 66
}

packages_to_ask_for() { printf '%s\n' "${lacking_packages[@]}" | sort -u | paste -sd ' ' -; }

conda_remedy="conda env create --file envs/environment.yaml && conda activate segfold; then run envs/run again (untested)"

remedy_without_root() {
  local install
  install="apt-get install --no-install-recommends $(packages_to_ask_for)"
  if type -P apt-get sudo >/dev/null; then
    echo "sudo asks for a password, so run: sudo apt-get update && sudo $install"
  elif type -P apt-get >/dev/null; then
    echo "have root (this user is $(user_name), without sudo) run: apt-get update && $install"
  else
    echo "there is no apt-get here; install these by the system's own means (Debian's names: $(packages_to_ask_for))"
  fi
}

# A conda environment made for this project gives its libraries; any other stays out of the build, because a base
# environment's own OpenSSL or HDF5 beside the system's OpenCV makes programs that do not start.
choose_conda() {
  conda_in_use=""
  [ -n "${CONDA_PREFIX:-}" ] || return 0
  if [ -e "$CONDA_PREFIX/include/fmt/format.h" ] && [ -e "$CONDA_PREFIX/include/opencv4" ]; then
    conda_in_use=$CONDA_PREFIX
    export CMAKE_PREFIX_PATH="$CONDA_PREFIX${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}"
    export PKG_CONFIG_PATH="$CONDA_PREFIX/lib/pkgconfig:$CONDA_PREFIX/share/pkgconfig${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}"
  else
    PATH=$(tr ':' '\n' <<<"$PATH" | { grep -vF "$CONDA_PREFIX/" || true; } | paste -sd: -)
  fi
}
