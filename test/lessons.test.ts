/** Every lesson that applies to what is built has at least one test whose name carries its number. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const LEARNED = [
  'R01 R02 R03 R04 R05 R06 R07 R08 R09 R10 R11 R12 R13 R14 R15 R16 R17 R18 R20 R21 R22 R23 R24 R25 R26',
  'R27 R28 R29 R30 R31 R32 R33 R34 R35 R36 R37 R38 R39 R40 R41 R42 R43 R44 R45 R46 R47 R49',
  'R50 R51 R52 R53 R54 R55 R56 R57 R58 R59 R60 R61 R62 R63 R64 R65 R66 R67',
].flatMap((line) => line.split(' '))

/** Quoted texts with a number in them, outside comments: the names of tests and of their suites. */
function namesIn(file: string): readonly string[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  const code = lines.filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line))
  return code.flatMap((line) => /(['"`])(.*\bR\d\d\b.*)\1/.exec(line)?.[2] ?? [])
}

const names = ['src', 'test', 'ui/src', 'ui/test'].flatMap(testsUnder).flatMap(namesIn)

function testsUnder(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return []
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => file.endsWith('.test.ts') && join(ROOT, folder, file) !== import.meta.filename,
    )
    .map((file) => join(ROOT, folder, file))
}

it.each(LEARNED)('%s is the number of a test', (number) => {
  expect(names.filter((name) => name.includes(number))).not.toEqual([])
})
