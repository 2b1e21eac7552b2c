# Completion of codexctl for fish. In ~/.config/fish/completions/codexctl.fish.

function __codexctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    # The program as it was typed, else the one on PATH; without one there is nothing to complete.
    set -l program $words[1]
    command -sq -- $program; or set program codexctl
    command -sq -- $program; or return

    set -l answer (command $program __complete fish (count $words) $words "$current" 2>/dev/null </dev/null)
    # `files`, a tab, and what stands before the path in the same word.
    set -l how (string split \t -- "$answer[1]")
    switch "$how[1]"
        case files dirs
            set -l path (string sub -s (math 1 + (string length -- "$how[2]")) -- "$current")
            if test "$how[1]" = dirs
                set answer (__fish_complete_directories "$path" "")
            else
                set answer (__fish_complete_path "$path")
            end
            for line in $answer
                echo -- "$how[2]$line"
            end
        case 'values*'
            for line in $answer[2..-1]
                echo -- $line
            end
    end
end

complete -c codexctl -f -a '(__codexctl_complete)'
