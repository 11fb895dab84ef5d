/** Tables for people: columns as wide as their widest cell; where the terminal is too narrow for that, a line for each cell. */
import { printable, style } from './output.ts'
import type { Io } from './types.ts'

const GAP = 2

export function table(io: Io, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const cells = rows.map((row) => row.map(printable))
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)),
  )
  const all = widths.reduce((sum, width) => sum + width, GAP * (head.length - 1))
  if (io.columns !== null && all > io.columns) return below(io, head, cells)

  const print = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd((widths[column] ?? 0) + GAP)).join('')
  io.stdout(`${style(io).dim(print(head).trimEnd())}\n`)
  for (const row of cells) io.stdout(`${print(row).trimEnd()}\n`)
}

function below(io: Io, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const width = Math.max(...head.map((title) => title.length)) + GAP
  for (const [index, row] of rows.entries()) {
    if (index > 0) io.stdout('\n')
    for (const [column, title] of head.entries())
      labelled(io, title.padEnd(width), row[column] ?? '')
  }
}

/** What does not fit beside its label goes on below it, and never below another label. */
export function labelled(io: Io, label: string, value: string): void {
  const plain = printable(value)
  const room = io.columns === null ? plain.length : io.columns - label.length
  const [first = '', ...others] = wrapped(plain, room)
  io.stdout(`${label}${first}\n`)
  for (const other of others) io.stdout(`${' '.repeat(label.length)}${other}\n`)
}

/** Between words, and behind the commas of a list without spaces. */
function wrapped(text: string, room: number): readonly string[] {
  const lines: string[] = []
  for (const piece of text.split(/(?<= )|(?<=,)(?! )/)) {
    const longer = `${lines.at(-1) ?? ''}${piece}`
    if (lines.length > 0 && longer.trimEnd().length <= room) lines.splice(-1, 1, longer)
    else lines.push(piece)
  }
  return lines.map((line) => line.trimEnd())
}
