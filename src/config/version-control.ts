/** Whether a folder is under version control, where secrets are copied along and kept for ever. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const MARKS = ['.git', '.hg', '.jj', '.svn'] as const

/** The nearest folder at or above it that git, Mercurial, Jujutsu or Subversion keeps; `null`: none does. */
export function repositoryAbove(folder: string): string | null {
  if (MARKS.some((name) => existsSync(join(folder, name)))) return folder
  const parent = dirname(folder)
  return parent === folder ? null : repositoryAbove(parent)
}
