/** The variables in force: the environment, and what `.env` adds to it without changing the process. */
import type { DotenvEntry } from './dotenv.ts'
import type { Variables } from './host-port.ts'

export interface Environment {
  find(name: string): Variable | null
  /** What `.env` says although the environment decides; `null` when it says nothing or is not overruled. */
  overruled(name: string): Variable | null
}

export interface Variable {
  readonly value: string
  readonly from: 'environment' | 'dotenv'
  /** `environment variable X`, or the `.env` file with its line. */
  readonly source: string
}

export function environment(
  variables: Variables,
  dotenv: { readonly file: string; readonly entries: ReadonlyMap<string, DotenvEntry> },
): Environment {
  const fromFile = (name: string): Variable | null => {
    const entry = dotenv.entries.get(name)
    if (entry === undefined) return null
    return { value: entry.value, from: 'dotenv', source: `${dotenv.file}:${entry.line} ${name}` }
  }
  const fromProcess = (name: string): Variable | null => {
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined
    if (value === undefined) return null
    return { value, from: 'environment', source: `environment variable ${name}` }
  }
  return {
    find: (name) => fromProcess(name) ?? fromFile(name),
    overruled: (name) => (fromProcess(name) === null ? null : fromFile(name)),
  }
}
