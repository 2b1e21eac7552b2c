# Completion of codexctl for PowerShell. A line of $PROFILE:
#   codexctl completions powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName 'codexctl' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $words = @($commandAst.CommandElements |
            Where-Object { $_.Extent.StartOffset -lt $cursorPosition } |
            ForEach-Object { $_.Extent.Text })
    # The program as it was typed, else the one on PATH; without one there is nothing to complete.
    $program = $commandAst.GetCommandName()
    if (-not (Get-Command -Name $program -CommandType Application -ErrorAction Ignore)) { $program = 'codexctl' }
    if (-not (Get-Command -Name $program -CommandType Application -ErrorAction Ignore)) { return }

    # A word that has not begun is not in the list; the index says so (empty arguments do not reach programs).
    $index = if ($wordToComplete -eq '') { $words.Count } else { $words.Count - 1 }
    $answer = @(& $program __complete powershell $index @words 2>$null)
    if ($answer.Count -lt 2 -or -not $answer[0].StartsWith('values')) { return }
    $answer[1..($answer.Count - 1)] | ForEach-Object {
        $value, $about = $_ -split "`t", 2
        if (-not $about) { $about = $value }
        [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $about)
    }
}
