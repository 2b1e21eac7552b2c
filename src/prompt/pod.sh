#!/bin/sh
# What codexctl runs in the agent's pod: POSIX sh and the usual small programs, nothing else. codexctl writes this file
# to ~/.codexctl/agent.sh and calls it by `kubectl exec`:
#
#   prepare SIZE                          config.toml from stdin; git, gh and Codex are set up
#   start RUN SECONDS DIR REPLACE SIZE ABOUT COMMAND...   prompt from stdin; the agent is started, detached
#   follow RUN|current OFFSET             the agent's events from that byte on, framed
#   stop RUN REASON                       ends the agent and all it has started
#
# A connection may break at any moment: each answer ends in a whole line that begins with `codexctl:`, or in an `@end`
# frame; without one nothing counts as done. Calls can be repeated. Secrets come from the pod's environment and go
# through pipes, never into arguments.
#
# State of a run, in ~/.codexctl/runs/RUN: prompt, events (stdout), log (stderr), about, pid (of the supervisor, with the
# time it was born, because numbers come again), agent (the same of the agent, which leads a session of its own), ended
# (why it was ended), exit (code and seconds; written last). The disk may get full: the last four have their room, as
# NAME.new, before anything is started.
umask 077
: "${HOME:?the pod has no HOME}"
state=$HOME/.codexctl
verb=$1
shift

fail() {
  echo "$*" >&2
  exit 1
}

# Exit code 75 (EX_TEMPFAIL): what was sent did not arrive whole, send it again.
incomplete() {
  echo "$1 arrived incomplete" >&2
  exit 75
}

nap() { sleep 0.2 2>/dev/null || sleep 1; }

# whole FILE SIZE: a cut connection ends stdin early, and nothing else tells.
whole() { [ "$(($(wc -c <"$1")))" -eq "$2" ]; }

# put FILE LINE: by cat, whose words for a full disk say that it is full; the shell's do not.
put() { printf '%s\n' "$2" | cat >"$1"; }

# room FILE: for a later note.
room() { put "$1.new" "                                                                "; }

# note FILE LINE: into its room, and all at once. Readers take the first line.
note() { printf '%s\n' "$2" 1<>"$1.new" && mv -f "$1.new" "$1"; }

# born PID: when a process was started; fails for one that is gone or dead (the pod's first process may never reap).
born() {
  { read -r stat_ <"/proc/$1/stat"; } 2>/dev/null || return 1
  # Behind the name, which may hold anything: the state is the first field, the time of birth the 20th.
  # shellcheck disable=SC2086
  set -- ${stat_##*) }
  case $1 in Z | X) return 1 ;; esac
  echo "${20}"
}

# alive RUN: whether its supervisor still works.
alive() {
  [ ! -e "$state/runs/$1/exit" ] || return 1
  { read -r pid_ born_ <"$state/runs/$1/pid"; } 2>/dev/null || return 1
  [ "$(born "$pid_")" = "$born_" ]
}

has() {
  case " $1 " in *" $2 "*) return 0 ;; esac
  return 1
}

# facts PROC: state, parent and session of a process.
facts() {
  { read -r stat_ <"$1/stat"; } 2>/dev/null || return 1
  # shellcheck disable=SC2086
  set -- ${stat_##*) }
  dead_=$1 parent_=$2 session_=$4
}

marked() { { tr '\0' '\n' <"$1/environ"; } 2>/dev/null | grep -qx "CODEXCTL_RUN=$2"; }

# members RUN: every process the agent has started, into found_. They inherit a mark; whoever has cleared its environment
# is told by its parent or its session. Sessions stay in sessions_, for when the parents are gone; strangers_ are those
# that have no mark.
members() {
  { read -r pid_ born_ <"$state/runs/$1/pid"; } 2>/dev/null || pid_=
  { read -r agent_ born_ <"$state/runs/$1/agent"; } 2>/dev/null || agent_=
  found_=
  if [ -n "$agent_" ]; then
    # Its number comes again only when nothing is left in its session.
    if at_=$(born "$agent_") && [ "$at_" = "$born_" ]; then found_=$agent_; fi
    if [ -n "$found_" ] || [ ! -e "/proc/$agent_" ]; then sessions_="$sessions_ $agent_"; fi
  fi
  grown_=yes
  while [ -n "$grown_" ]; do
    grown_=
    for proc_ in /proc/[0-9]*; do
      one_=${proc_#/proc/}
      if [ "$one_" = "$pid_" ] || ! facts "$proc_"; then continue; fi
      case $dead_ in Z | X) continue ;; esac
      if ! has "$found_" "$one_"; then
        if ! has "$found_" "$parent_" && ! has "$sessions_" "$session_"; then
          if has "$strangers_" "$one_"; then continue; fi
          if ! marked "$proc_" "$1"; then
            strangers_="$strangers_ $one_"
            continue
          fi
        fi
        found_="$found_ $one_" grown_=yes
      fi
      # The supervisor's session is not the agent's, and 0 is one outside of the pod.
      if [ "$session_" != "$pid_" ] && [ "$session_" != 0 ] && ! has "$sessions_" "$session_"; then
        sessions_="$sessions_ $session_" grown_=yes
      fi
    done
  done
}

# end_all RUN: politely, then for good.
end_all() {
  sessions_='' strangers_=''
  for signal_ in TERM KILL; do
    turn_=0
    while [ "$turn_" -le 15 ]; do
      members "$1"
      [ -n "$found_" ] || return 0
      # shellcheck disable=SC2086
      if [ "$turn_" -eq 0 ] || [ "$signal_" = KILL ]; then kill -"$signal_" $found_ 2>/dev/null; fi
      turn_=$((turn_ + 1))
      nap
    done
  done
}

# end_run RUN REASON: the supervisor notes the exit code by itself.
end_run() {
  [ -e "$state/runs/$1/ended" ] || note "$state/runs/$1/ended" "$2"
  # Its agent may be about to start.
  turn_=0
  while alive "$1" && [ ! -e "$state/runs/$1/agent" ] && [ "$turn_" -lt 50 ]; do
    turn_=$((turn_ + 1))
    nap
  done
  end_all "$1"
  turn_=0
  while alive "$1" && [ "$turn_" -lt 50 ]; do
    turn_=$((turn_ + 1))
    nap
  done
}

prepare() {
  codex_home=${CODEX_HOME:-$HOME/.codex}
  mkdir -p "$codex_home" || exit 1
  draft=$codex_home/.config.toml.$$
  trap 'rm -f "$draft"' EXIT
  cat >"$draft" || exit 1
  whole "$draft" "$1" || incomplete config.toml
  chmod 600 "$draft" && mv -f "$draft" "$codex_home/config.toml" || exit 1
  command -v codex >/dev/null 2>&1 || fail "codex is not installed in the pod (or not on PATH)"
  if command -v git >/dev/null 2>&1; then
    git config --global user.name >/dev/null || git config --global user.name "${GIT_AUTHOR_NAME:-Codex}"
    git config --global user.email >/dev/null ||
      git config --global user.email "${GIT_AUTHOR_EMAIL:-codex@users.noreply.github.com}"
    # The workspace belongs to whoever copied it there.
    git config --global --get-all safe.directory 2>/dev/null | grep -qxF '*' ||
      git config --global --add safe.directory '*' || exit 1
  else
    echo "codexctl: warning: git is not installed in the pod"
  fi
  token=${CODEXCTL_GH_PAT:-${CODEX_GH_PAT:-}}
  if ! command -v gh >/dev/null 2>&1; then
    echo "codexctl: warning: gh is not installed in the pod"
  elif [ -n "${GH_TOKEN:-}${GITHUB_TOKEN:-}" ]; then
    # gh takes these from the environment and refuses to log in beside them.
    gh auth setup-git >&2 || exit 1
  elif [ -n "$token" ]; then
    printf '%s\n' "$token" | gh auth login --hostname github.com --git-protocol https --with-token >&2 ||
      fail "gh cannot log in with the pod's token"
    gh auth setup-git >&2 || exit 1
  else
    echo "codexctl: warning: the pod has no GitHub token (CODEXCTL_GH_PAT), so gh is not logged in"
  fi
  if [ -n "${OPENAI_API_KEY:-}" ]; then
    printf '%s\n' "$OPENAI_API_KEY" | codex login --with-api-key >&2 || fail "codex cannot log in with the pod's OPENAI_API_KEY"
  elif [ ! -e "$codex_home/auth.json" ]; then
    echo "codexctl: warning: the pod has no OPENAI_API_KEY, so Codex is not logged in"
  fi
  echo "codexctl: prepared"
}

# One start at a time; a lock whose holder was killed is taken over.
lock() {
  turn_=0
  until why_=$(mkdir "$state/lock" 2>&1); do
    turn_=$((turn_ + 1))
    [ -d "$state/lock" ] || [ "$turn_" -lt 25 ] || fail "$why_"
    if { read -r pid_ born_ <"$state/lock/holder"; } 2>/dev/null; then
      [ "$(born "$pid_")" = "$born_" ] || rm -rf "$state/lock"
    elif [ "$turn_" -gt 25 ]; then
      rm -rf "$state/lock"
    fi
    [ "$turn_" -lt 300 ] || fail "another start goes on in this pod"
    nap
  done
  trap 'rm -rf "$state/lock" "$draft"' EXIT
  put "$state/lock/holder" "$$ $(born $$)"
}

start() {
  run=$1 seconds=$2 dir=$3 replace=$4 size=$5 about=$6
  shift 6
  folder=$state/runs/$run
  mkdir -p "$state/runs" || exit 1
  draft=$state/prompt.$$
  trap 'rm -f "$draft"' EXIT
  cat >"$draft" || exit 1
  whole "$draft" "$size" || incomplete "the prompt"
  command -v setsid >/dev/null 2>&1 || fail "setsid is not installed in the pod (Debian package util-linux)"
  [ -d "$dir" ] || fail "the pod has no folder $dir"
  lock || exit 1
  # The caller has given up meanwhile.
  [ ! -e "$folder/ended" ] || fail "the run was stopped before it began"
  # The answer to an earlier try may have been lost.
  if [ ! -e "$folder/pid" ]; then
    for other in "$state"/runs/*; do
      other=${other##*/}
      alive "$other" || continue
      if [ "$replace" != yes ]; then
        echo "codexctl: busy $other $(cat "$state/runs/$other/about")"
        return
      fi
      end_run "$other" replaced
    done
    # Nothing is started that could not tell how it ended.
    if ! { mkdir -p "$folder" && mv "$draft" "$folder/prompt" && true >"$folder/events" && true >"$folder/log" &&
      put "$folder/about" "$about" && put "$folder/current" "$run" &&
      room "$folder/pid" && room "$folder/agent" && room "$folder/ended" && room "$folder/exit"; }; then
      rm -rf "$folder"
      fail "the agent was not started: no room for the files of its run"
    fi
    setsid sh "$0" supervise "$run" "$seconds" "$dir" "$@" </dev/null >/dev/null 2>&1 &
    supervisor=$!
    turn_=0
    until [ -e "$folder/pid" ]; do
      turn_=$((turn_ + 1))
      if [ "$turn_" -ge 100 ]; then
        kill -KILL "$supervisor" 2>/dev/null
        rm -rf "$folder"
        fail "the agent's supervisor does not start"
      fi
      nap
    done
    forget
  fi
  echo "codexctl: started $run"
}

# The last five runs are kept, by the pod's own clock: their names are of their callers' clocks. Never goes the run that
# was just started, or one whose agent works.
forget() {
  # shellcheck disable=SC2012 # find has no order
  ls -1t "$state/runs" | tail -n +6 | while read -r old; do
    [ "$old" = "$run" ] || alive "$old" || rm -rf "${state:?}/runs/$old"
  done
}

# In a session of its own, so that it outlives the connection that started it.
supervise() {
  run=$1 seconds=$2 dir=$3
  shift 3
  folder=$state/runs/$run
  begin=$(date +%s)
  cd "$dir" && mv -f "$folder/current" "$state/current" && note "$folder/pid" "$$ $(born $$)" || exit 1
  CODEXCTL_RUN=$run setsid "$@" <"$folder/prompt" >>"$folder/events" 2>>"$folder/log" &
  agent=$!
  note "$folder/agent" "$agent $(born "$agent")" || kill -KILL "$agent"
  (
    trap 'kill "$timer" 2>/dev/null; exit 0' TERM
    sleep "$seconds" &
    timer=$!
    wait "$timer"
    # From here on it finishes what it does.
    trap '' TERM
    [ -e "$folder/ended" ] || note "$folder/ended" timeout
    end_all "$run"
  ) &
  watch=$!
  wait "$agent"
  code=$?
  kill "$watch" 2>/dev/null
  wait "$watch"
  if [ -e "$folder/ended" ]; then
    # It may be another that ends the run.
    turn_=0 sessions_='' strangers_=''
    while members "$run" && [ -n "$found_" ] && [ "$turn_" -lt 50 ]; do
      turn_=$((turn_ + 1))
      nap
    done
  fi
  note "$folder/exit" "$code $(($(date +%s) - begin))"
}

# Frames: `@run RUN ABOUT`, `@N` and N bytes of events (0: nothing new, but alive), `@log N` and N bytes of the log's end,
# `@full` (the disk is), `@end exit CODE SECONDS REASON`, `@end lost`, `@end gone`. A write that fails ends it: nobody listens any more.
follow() {
  run=$1 offset=$2
  if [ "$run" = current ]; then
    run=$(cat "$state/current" 2>/dev/null)
  fi
  folder=$state/runs/$run
  if [ -z "$run" ] || [ ! -d "$folder" ]; then
    echo "@end gone"
    return
  fi
  echo "@run $run $(cat "$folder/about")" || exit 1
  quiet=0
  while :; do
    outcome=
    if [ -e "$folder/exit" ]; then
      outcome=ended
    elif ! alive "$run" && [ ! -e "$folder/exit" ]; then
      outcome=lost
    fi
    size=$(($(wc -c <"$folder/events")))
    more=$((size - offset))
    if [ "$more" -gt 0 ]; then
      [ "$more" -le 1048576 ] || more=1048576
      echo "@$more" || exit 1
      tail -c "+$((offset + 1))" "$folder/events" | head -c "$more" || exit 1
      offset=$((offset + more))
      quiet=0
      continue
    fi
    if [ -n "$outcome" ]; then break; fi
    quiet=$((quiet + 1))
    if [ "$quiet" -ge 10 ]; then
      echo "@0" || exit 1
      quiet=0
    fi
    nap
  done
  size=$(($(wc -c <"$folder/log")))
  [ "$size" -le 4096 ] || size=4096
  echo "@log $size"
  tail -c "$size" "$folder/log"
  # More than what the run's own files have given back since.
  head -c 65536 /dev/zero 2>/dev/null | cat 2>/dev/null >"$folder/probe" || echo "@full"
  rm -f "$folder/probe"
  if [ "$outcome" = lost ]; then
    echo "@end lost"
  else
    reason=
    read -r code seconds <"$folder/exit"
    [ ! -e "$folder/ended" ] || read -r reason <"$folder/ended"
    echo "@end exit $code $seconds $reason"
  fi
}

case $verb in
prepare) prepare "$@" ;;
start) start "$@" ;;
supervise) supervise "$@" ;;
follow) follow "$@" ;;
stop)
  # Under the lock: a start that is still on its way finds the note, one that is under way is waited for.
  mkdir -p "$state/runs/$1" || exit 1
  draft=
  lock
  end_run "$1" "$2"
  echo "codexctl: stopped"
  ;;
*) fail "unknown verb $verb" ;;
esac
