/** Completion scripts: which words may follow, for each command. Generated, so that they never lag behind the commands. */

export interface CompletionEntry {
  /** `config get`. */
  readonly name: string
  readonly summary: string
  /** What may follow the name: flags and fixed values. Plain words: letters, digits, dashes. */
  readonly words: readonly string[]
  /** From an option to the values it takes, where these are fixed: `--bind` to `loopback`, `lan` …. */
  readonly values: Readonly<Record<string, readonly string[]>>
}

export function completionScript(
  shell: 'bash' | 'zsh' | 'fish',
  entries: readonly CompletionEntry[],
): string {
  if (shell === 'fish') return fish(entries)
  return shell === 'zsh' ? zsh(entries) : bash(entries)
}

/** From what was typed so far to what may come next: `''`, `config`, `config get`. */
function candidates(entries: readonly CompletionEntry[]): ReadonlyMap<string, readonly string[]> {
  const next = new Map<string, Set<string>>([['', new Set(['--help', '--version', 'help'])]])
  const add = (before: string, words: readonly string[]) => {
    next.set(before, new Set([...(next.get(before) ?? []), ...words]))
  }
  for (const { name, words } of entries) {
    const [first = '', second] = name.split(' ')
    add('', [first])
    if (second !== undefined) add(first, [second])
    add(name, words)
  }
  return new Map([...next].map(([before, words]) => [before, [...words]]))
}

function cases(entries: readonly CompletionEntry[], variable: 'words' | 'next'): string {
  return [...candidates(entries)]
    .map(([before, words]) => `    '${before}') ${variable}='${words.join(' ')}' ;;`)
    .join('\n')
}

/** What follows an option that takes one of a few values: `gateway --bind`. */
function valueCases(entries: readonly CompletionEntry[], variable: 'words' | 'next'): string {
  return entries
    .flatMap(({ name, values }) =>
      Object.entries(values).map(
        ([flag, taken]) => `    '${name} ${flag}') ${variable}='${taken.join(' ')}' ;;`,
      ),
    )
    .join('\n')
}

function bash(entries: readonly CompletionEntry[]): string {
  return `# openclaw completion for bash: openclaw completion bash >> ~/.bashrc
_openclaw() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before='' words='' index
  for ((index = 1; index < COMP_CWORD && index < 3; index++)); do
    case "\${COMP_WORDS[index]}" in -*) break ;; esac
    before="\${before:+$before }\${COMP_WORDS[index]}"
  done
  case "$before" in
${cases(entries, 'words')}
    *) words='--help' ;;
  esac
  case "$before \${COMP_WORDS[COMP_CWORD - 1]}" in
${valueCases(entries, 'words')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _openclaw openclaw
`
}

function zsh(entries: readonly CompletionEntry[]): string {
  return `#compdef openclaw
# openclaw completion for zsh: put it into a folder of your fpath as _openclaw
_openclaw() {
  local before='' next='' index
  for ((index = 2; index < CURRENT && index < 4; index++)); do
    [[ "\${words[index]}" == -* ]] && break
    before="\${before:+$before }\${words[index]}"
  done
  case "$before" in
${cases(entries, 'next')}
    *) next='--help' ;;
  esac
  case "$before \${words[CURRENT - 1]}" in
${valueCases(entries, 'next')}
  esac
  compadd -- \${=next}
}
compdef _openclaw openclaw
`
}

function fish(entries: readonly CompletionEntry[]): string {
  const taken = (values: readonly string[] = []) =>
    values.length === 0 ? '' : ` -x -a ${quoted(values.join(' '))}`
  const quoted = (text: string) => `'${text.replaceAll(/['\\]/g, '\\$&')}'`
  const lines = entries.flatMap(({ name, summary, words, values }) => {
    const [first = '', second] = name.split(' ')
    const seen =
      second === undefined
        ? `__fish_seen_subcommand_from ${first}`
        : `__fish_seen_subcommand_from ${first}; and __fish_seen_subcommand_from ${second}`
    const begin =
      second === undefined
        ? `complete -c openclaw -n __fish_use_subcommand -a ${first} -d ${quoted(summary)}`
        : `complete -c openclaw -n ${quoted(`__fish_seen_subcommand_from ${first}`)} -a ${second} -d ${quoted(summary)}`
    const follow = words.map((word) =>
      word.startsWith('--')
        ? `complete -c openclaw -n ${quoted(seen)} -l ${word.slice(2)}${taken(values[word])}`
        : `complete -c openclaw -n ${quoted(seen)} -a ${word}`,
    )
    return [begin, ...follow]
  })
  return `# openclaw completion for fish\ncomplete -c openclaw -f\n${[...new Set(lines)].join('\n')}\n`
}
