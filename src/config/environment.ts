/** The variables in force: the environment, and what files of the state dir add to it without changing the process. */
import type { DotenvEntry } from './dotenv.ts'
import type { Variables } from './host-port.ts'

export interface Environment {
  find(name: string): Variable | null
  /** What files say although the environment, or a file before them, decides. */
  overruled(name: string): readonly Variable[]
}

export interface Variable {
  readonly value: string
  readonly from: 'environment' | 'dotenv' | 'secrets'
  /** `environment variable X`, or the file with the line or name. */
  readonly source: string
}

/** A file of `NAME=value` lines: `.env`, `.secrets`, or what `.secrets.age` holds. */
export interface VariableFile {
  readonly from: 'dotenv' | 'secrets'
  readonly file: string
  readonly entries: ReadonlyMap<string, DotenvEntry>
}

/** The environment wins over every file; of the files the first one wins. */
export function environment(variables: Variables, files: readonly VariableFile[]): Environment {
  const fromFiles = (name: string): readonly Variable[] =>
    files.flatMap(({ from, file, entries }) => {
      const entry = entries.get(name)
      if (entry === undefined) return []
      const place = from === 'dotenv' ? `${file}:${entry.line}` : file
      return [{ value: entry.value, from, source: `${place} ${name}` }]
    })
  const fromProcess = (name: string): readonly Variable[] => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) return []
    return [{ value, from: 'environment', source: `environment variable ${name}` }]
  }
  const all = (name: string): readonly Variable[] => [...fromProcess(name), ...fromFiles(name)]
  return {
    find: (name) => all(name)[0] ?? null,
    overruled: (name) => all(name).slice(1),
  }
}
