#compdef codexctl
# Completion of codexctl for zsh. As _codexctl in a folder of $fpath, or sourced after compinit.

_codexctl() {
  # The program as it was typed, else the one on PATH; without one there is nothing to complete.
  local program=${${(Q)words[1]}/#\~\//$HOME/}
  whence -p -- $program >/dev/null || program=codexctl
  whence -p -- $program >/dev/null || return 1

  # `CODEXCTL_CONFIG=… codexctl …`: zsh leaves assignments out of $words, so they are looked up on the line itself.
  local -a typed answer how items
  typed=("${(@z)LBUFFER}")
  integer at=$(($#typed - CURRENT))
  if [[ -z $PREFIX ]]; then ((at += 1)); fi
  integer first=$((at + 1))
  while ((first > 1)) && [[ $typed[first-1] == [[:alpha:]_]*=* ]]; do ((first -= 1)); done
  typed=("${(@)typed[first,at]}")

  local line
  answer=("${(@f)$(command $program __complete zsh $(($#typed + CURRENT - 1)) \
    "${(@)typed}" "${(@)words[1,CURRENT-1]}" "$PREFIX" 2>/dev/null </dev/null)}")
  # `files`, a tab, and what stands before the path in the same word.
  how=("${(@s:	:)answer[1]}")
  case $how[1] in
    files|dirs)
      compset -p ${#how[2]}
      if [[ $how[1] == dirs ]]; then _files -/; else _files; fi
      ;;
    values*)
      for line in "${(@)answer[2,-1]}"; do
        [[ -n $line ]] || continue
        # `value:description`, colons of the value escaped.
        if [[ $line == *$'\t'* ]]; then
          items+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        else
          items+=("${line//:/\\:}")
        fi
      done
      (( $#items )) || return 1
      if [[ $how[1] == *nospace ]]; then
        _describe -V codexctl items -S ''
      else
        _describe -V codexctl items
      fi
      ;;
    *) return 1 ;;
  esac
}

# Autoloaded from $fpath the file is the function; sourced, it is registered.
if [[ ${funcstack[1]-} == _codexctl ]]; then
  _codexctl "$@"
elif (( $+functions[compdef] )); then
  compdef _codexctl codexctl
fi
