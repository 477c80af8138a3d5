# shellcheck shell=bash
# What envs/run tells: steps, how long they took, what went wrong and what to do about it.
# shellcheck disable=SC2154  # root, state: set by envs/run

steps_done=0
current_title=""
child=""
interrupt_gently=no

say() { printf 'envs/run: %s\n' "$*" >&2; }

# stop STATUS ERROR REMEDY: the one way to end without running the command.
stop() {
  say "error: $2"
  say "remedy: $3"
  exit "$1"
}

# duration SECONDS: "42 s" or "3 min 5 s".
duration() {
  if (($1 < 60)); then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi
}

# One set-up of this folder at a time; the lock goes when the command starts.
take_lock() {
  if ! mkdir -p "$state/logs" "$state/tmp" 2>/dev/null && [ ! -d "$state" ]; then
    explain_unwritable "$root"
  fi
  # A set-up that is finished serves users who may not write to it: they lock for reading.
  { exec 9>>"$state/lock" || exec 9<"$state/lock"; } 2>/dev/null || explain_unwritable "$state"
  type -P flock >/dev/null || return 0
  if ! flock -n 9; then
    say "another envs/run is setting up this folder; waiting for it"
    flock 9 || say "this file system has no locks; going on"
  fi
}

# explain_unwritable PLACE: ends, with what the system says of a new file there.
explain_unwritable() {
  local said
  said=$(write_fault "$1")
  if [ "$(free_megabytes)" -lt 10 ]; then said="No space left on device"; fi
  case $said in
    *"No space left"* | *"quota exceeded"*)
      stop 74 "the disk that holds $root is full (${said##*: })" \
        "free some space (df -h and df -i show it), then run envs/run again"
      ;;
    *"Read-only file system"*)
      stop 77 "cannot write to $1: it lies on a file system that is mounted read-only" \
        "use a copy of the repository in a folder of your own, or have it mounted for writing"
      ;;
  esac
  stop 77 "cannot write to $1 (user $(user_name)${said:+: ${said##*: }})" \
    "use a copy of the repository in a folder of your own"
}

# write_fault PLACE: the system's words when a file with a few bytes cannot be made in that folder (or, where PLACE is a
# file or does not exist, in the one that holds it); nothing when it can.
write_fault() {
  local folder=$1 probe
  [ -d "$folder" ] || folder=$(dirname "$1")
  probe=$folder/.segfold-probe-$$
  # A full disk may take the name and refuse the bytes.
  { LC_ALL=C bash -c 'printf "%4096s" "" >"$1"' probe "$probe" 2>&1 >/dev/null || true; } | head -n 1
  rm -f "$probe"
}

# remove PLACE...: all of it or nothing, so that what another user made is not left in pieces.
remove() {
  local locked
  locked=$({ find "${1%/*}" -prune ! -writable -print && find "$@" -type d ! -writable -print -quit; } 2>/dev/null) || true
  [ -z "$locked" ] || explain_unwritable "${locked%%$'\n'*}"
  rm -rf "$@" 2>/dev/null || explain_unwritable "$1"
}

# Where an id has no name, id fails and prints it all the same.
user_name() { { id -un 2>/dev/null || id -u; } | head -n 1; }

free_megabytes() { df -Pm "$root" 2>/dev/null | awk 'NR == 2 { print $4 }' | grep . || echo 1000000; }

# need_space MEGABYTES WHAT [REMARK]: ends before a long step that cannot end well.
need_space() {
  local free
  free=$(free_megabytes)
  ((free >= $1)) ||
    stop 74 "the disk that holds $root has $free MB free and $2 needs about $1 MB${3:+ ($3)}" \
      "free some space or move the repository to a larger disk, then run envs/run again"
}

# step NAME TITLE COMMAND...: runs COMMAND with its output in NAME.log, shows that it is alive, says how long it took.
step() {
  local name=$1 log="$state/logs/$1.log" started=$SECONDS status=0
  current_title=$2
  shift 2
  { [ -w "$root" ] && : >"$log"; } 2>/dev/null || explain_unwritable "$root"
  say "$current_title ..."
  # A process group of its own, so that an interrupt ends the step with all its children. They share the lock: after a
  # kill -9 of envs/run the next one waits for the step that lives on, instead of working beside it.
  set -m
  "$@" </dev/null >"$log" 2>&1 &
  child=$!
  set +m
  trap 'interrupted INT' INT
  trap 'interrupted TERM' TERM
  trap 'interrupted HUP' HUP
  watch_child "$log" "$started"
  wait "$child" || status=$?
  child=""
  trap - INT TERM HUP
  steps_done=$((steps_done + 1))
  ((status == 0)) || explain_failure "$name" "$log" "$((SECONDS - started))" "$status"
  say "$current_title: done in $(duration $((SECONDS - started)))"
}

# watch_child LOG STARTED: the log's last line on a terminal, a line every minute elsewhere.
watch_child() {
  local pause=0.1 said=0 passed line width
  while kill -0 "$child" 2>/dev/null; do
    sleep "$pause"
    passed=$((SECONDS - $2))
    if ((passed > 1)); then pause=0.5; fi
    if [ -t 2 ]; then
      width=$(tput cols 2>/dev/null || echo 80)
      line=$(tail -n 1 "$1" | tr -d '\r\033')
      printf '\r\033[K%s' "$(printf '  %4d s  %s' "$passed" "$line" | cut -c "1-$((width - 1))")" >&2
    elif ((passed / 60 > said)); then
      said=$((passed / 60))
      say "  still at it after $said min: $(tail -n 1 "$1" | cut -c 1-100)"
    fi
  done
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
}

interrupted() {
  trap '' INT TERM HUP
  if [ -t 2 ]; then printf '\r\033[K' >&2; fi
  if [ "$interrupt_gently" = yes ]; then
    say "interrupted; the package manager finishes what it has begun"
    kill -INT "$child" 2>/dev/null || true
  else
    kill -TERM -- "-$child" 2>/dev/null || true
  fi
  trap - "$1"
  wait "$child" 2>/dev/null || true
  say "interrupted during: $current_title; run envs/run again to go on"
  kill "-$1" $$
}

# explain_failure NAME LOG SECONDS STATUS
explain_failure() {
  local cause remedy status
  diagnose "$1" "$2" "$4"
  # For envs/run doctor. On a full disk it stays empty.
  { printf '%s\n' "$status" "$current_title failed: $cause" "$remedy" "$2" >"$state/failure"; } 2>/dev/null || true
  say "error: $current_title failed after $(duration "$3"): $cause"
  say "remedy: $remedy"
  say "log: $2; from it:"
  show_log "$2"
  exit "$status"
}

# Who was killed for want of memory: the compiler proper, the linker or clang's own child, each in its driver's words.
memory_signs='Killed signal terminated|signal 9 \[Killed\]|command: Killed|Cannot allocate memory|MemoryError'
memory_signs+='|out of memory|bad_alloc'

# diagnose NAME LOG STATUS: sets cause, remedy and status from what the log says and how the step ended; 137 is SIGKILL.
diagnose() {
  local again="then run envs/run again"
  if grep -qiE 'no space left on device|disk quota exceeded|not enough free space' "$2" || [ "$(free_megabytes)" -lt 10 ]; then
    cause="the disk is full"
    remedy="free some space (the whole set-up takes 4 GB, 9 GB with a CUDA build of torch), $again"
    status=74
  elif (($3 == 137)) || grep -qE "$memory_signs" "$2"; then
    cause="memory ran out"
    remedy="close other programs or compile one file at a time: SEGFOLD_JOBS=1 envs/run ..."
    status=71
  elif grep -qE 'SSLError|CERTIFICATE_VERIFY_FAILED|[Cc]ertificate verification failed' "$2"; then
    cause="the server's certificate was not accepted"
    remedy="name the certificates that count here: PIP_CERT=/path/to/certificates.pem (for pip), $again"
    status=69
  elif grep -qE "$network_signs" "$2"; then
    cause="the network could not be reached"
    remedy="connect it (behind a proxy set http_proxy and https_proxy; apt's and pip's own settings count too), $again"
    status=69
  elif grep -qE 'Permission denied|are you root' "$2"; then
    cause="permission denied"
    remedy="see the file named below; use a copy of the repository in a folder of your own, $again"
    status=77
  else
    diagnose_step "$1" "$2"
    status=70
  fi
}

network_signs='NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError|Network is unreachable'
network_signs+='|Temporary failure (in name resolution|resolving)|Could not (resolve|connect)|Failed to establish|\(from versions: none\)'

# diagnose_step NAME LOG: what is left is the step's own trouble.
diagnose_step() {
  case $1 in
    system)
      cause="apt-get could not install the packages"
      remedy="repair it with: dpkg --configure -a; apt-get --fix-broken install (as root), $again"
      ;;
    python)
      cause="pip could not install the packages"
      remedy="if no version fits this Python, name another by SEGFOLD_PYTHON=/path/to/python3.11; $again"
      ;;
    configure)
      cause="CMake found something missing or wrong"
      remedy="install what it names, $again"
      ;;
    *)
      cause="a source file does not compile or link"
      remedy="correct it, $again"
      ;;
  esac
}

# show_log LOG: the lines with the first errors, then the last lines.
show_log() {
  {
    head -n -12 "$1" | grep -E '(^|[^a-z_])(error|Error|ERROR|FAILED|E):|[Ee]rrno|Temporary failure' | head -n 6 || true
    tail -n 12 "$1"
  } | cut -c 1-300 | sed 's/^/    /' >&2
}

# Python, pip, PyTorch and Snakemake end with a traceback, or make a folder called "~", where nothing tells them the
# user's name and home, or where no cache can be written: in a container with an id of its own, under cron, for guests.
complete_user() {
  local folder
  export LOGNAME="${LOGNAME:-$(user_name)}"
  if [ -z "${HOME:-}" ]; then unset HOME && export HOME=~; fi # what the system's list of users says, or /
  for folder in "${XDG_CACHE_HOME:-$HOME/.cache}" "$state/cache" "${TMPDIR:-/tmp}/segfold-cache-$(id -u)"; do
    if mkdir -p "$folder" 2>/dev/null && [ -O "$folder" ] && [ -w "$folder" ]; then break; fi
  done
  export XDG_CACHE_HOME=$folder
}
