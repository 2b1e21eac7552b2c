# shellcheck shell=bash
# Completion of codexctl for bash. In ~/.local/share/bash-completion/completions/codexctl, or sourced in ~/.bashrc.

_codexctl() {
  COMPREPLY=()
  # The program as it was typed, else the one on PATH; without one there is nothing to complete.
  local program=${COMP_WORDS[0]/#\~\//$HOME/}
  type -P -- "$program" >/dev/null || program=codexctl
  type -P -- "$program" >/dev/null || return 0

  # bash cuts words at `=` and `:` (COMP_WORDBREAKS); what stands together on the line belongs together.
  local line=${COMP_LINE:0:COMP_POINT} words=() count=0 i rest word
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=${line#"${line%%[![:space:]]*}"}
    word=${COMP_WORDS[i]}
    if ((i == COMP_CWORD)); then word=$rest; fi
    if ((count > 0)) && [[ $rest == "$line" ]]; then
      words[count - 1]+=$word
    else
      words[count]=$word
      count=$((count + 1))
    fi
    line=${rest#"$word"}
  done

  local answer how value
  answer=$("$program" __complete bash "$((count - 1))" "${words[@]}" 2>/dev/null </dev/null) || return 0
  how=${answer%%$'\n'*}
  case $how in
    # With no candidates these make bash look for paths, with all its own quoting.
    files*) compopt -o default 2>/dev/null ;;
    dirs*) compopt -o dirnames 2>/dev/null ;;
    values*)
      if [[ $how == *nospace ]]; then compopt -o nospace 2>/dev/null; fi
      # What bash takes for the current word begins behind the last of its word breaks.
      local whole=${words[count - 1]} before=
      if [[ $COMP_WORDBREAKS == *=* && $whole == *=* ]]; then before=${whole%"${whole##*=}"}; fi
      [[ $answer == *$'\n'* ]] || return 0
      while IFS=$'\t' read -r value _; do
        COMPREPLY+=("${value#"$before"}")
      done <<<"${answer#*$'\n'}"
      ;;
  esac
  return 0
}

# bash 3 cannot switch to paths while it completes, so it always falls back to them.
if type -t compopt >/dev/null; then
  complete -F _codexctl codexctl
else
  complete -o default -F _codexctl codexctl
fi
