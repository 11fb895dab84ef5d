/** Questions to a person at a terminal, one line each, on Node's own readline; Ctrl-C and the end of input end the command. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'

/** Ctrl-C, Ctrl-D: whoever asked leaves everything as it was. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
    this.name = 'Interrupted'
  }
}

interface Asked {
  /** What is typed is not shown. */
  readonly hidden: boolean
}

/** What was typed, without space round it. Questions go to standard error: standard output stays the answer of a command. */
export function question(text: string, { hidden }: Asked = { hidden: false }): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(text)
  // A readline without a place to write echoes nothing.
  const output = hidden ? new Writable({ write: (_chunk, _encoding, done) => done() }) : stderr
  const lines = createInterface({ input: stdin, output, terminal: stdin.isTTY, historySize: 0 })
  return new Promise((resolve, reject) => {
    lines.once('SIGINT', () => lines.close())
    lines.once('close', () => {
      stderr.write('\n')
      reject(new Interrupted())
    })
    lines.once('line', (line) => {
      lines.removeAllListeners('close')
      lines.close()
      if (hidden) stderr.write('\n')
      resolve(line.trim())
    })
  })
}

/** `fallback` is what Enter alone means. */
export async function confirm(text: string, fallback: boolean): Promise<boolean> {
  const answer = (await question(`${text} [${fallback ? 'Y/n' : 'y/N'}] `)).toLowerCase()
  return answer === '' ? fallback : answer === 'y' || answer === 'yes'
}

/** One of a list, by its number or its name; asked again until it is one. */
export async function choose(
  text: string,
  choices: readonly string[],
  fallback: string,
): Promise<string> {
  const list = choices.map((choice, at) => `${at + 1} ${choice}`).join(', ')
  const answer = await question(`${text}: ${list} [${fallback}] `)
  if (answer === '') return fallback
  const chosen = choices[Number(answer) - 1] ?? choices.find((choice) => choice === answer)
  return chosen ?? choose(text, choices, fallback)
}
