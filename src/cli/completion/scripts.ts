// The scripts with which shells complete. Each calls `mailrun completion words`, which prints one candidate per line,
// with its help after a tab. The line `:files` stands for file names.

const BASH = `# Completion of mailrun for bash. In ~/.bashrc: source <(mailrun completion bash)
_mailrun() {
  local line word=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = :files ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word")
    else
      COMPREPLY+=("\${line%%$'\\t'*}")
    fi
  done < <("\${COMP_WORDS[0]}" completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _mailrun mailrun
`

const ZSH = `#compdef mailrun
# Completion of mailrun for zsh. In ~/.zshrc, after compinit: source <(mailrun completion zsh)
_mailrun() {
  local line files
  local -a found
  for line in \${(f)"$("\${words[1]}" completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
    if [[ $line == :files ]]; then
      files=1
    else
      found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( $#found )) && _describe -V mailrun found
  [[ -n $files ]] && _files
}
compdef _mailrun mailrun
`

const FISH = `# Completion of mailrun for fish: mailrun completion fish > ~/.config/fish/completions/mailrun.fish
function __mailrun_words
  set -l words (commandline -opc)
  for line in ($words[1] completion words -- $words[2..-1] (commandline -ct) 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c mailrun -f -a '(__mailrun_words)'
`

/** By the name of the shell. */
export const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
