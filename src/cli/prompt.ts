/** Questions to a person at a terminal, one line each, on Node's own readline; Ctrl-C and Ctrl-D end the command. */
import { createInterface, type Interface } from 'node:readline'
import { Writable } from 'node:stream'

/** Ctrl-C, Ctrl-D: whoever asked leaves everything as it was. */
export class Interrupted extends Error {
  constructor() {
    super('interrupted')
    this.name = 'Interrupted'
  }
}

interface Waiting {
  readonly resolve: (line: string) => void
  readonly reject: (error: Interrupted) => void
}

/** Standard error is where it asks: standard output stays the answer of a command. */
export class Prompt {
  readonly #lines: Interface
  /** What was typed ahead of its question. */
  readonly #typed: string[] = []
  #waiting: Waiting | null = null
  #muted = false
  #ended = false

  constructor() {
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#muted) process.stderr.write(chunk)
        done()
      },
    })
    this.#lines = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 })
    this.#lines.on('SIGINT', () => this.#lines.close())
    this.#lines.on('line', (line) => this.#take(line.trim()))
    this.#lines.on('close', () => this.#end())
  }

  say(text: string): void {
    process.stderr.write(`${text}\n`)
  }

  /** What was typed, without space round it; rejects with {@link Interrupted}. `hidden`: it is not shown. */
  async question(text: string, hidden: 'hidden' | 'shown' = 'shown'): Promise<string> {
    this.#show(text)
    this.#muted = hidden === 'hidden'
    try {
      return await this.#next()
    } finally {
      this.#muted = false
      if (hidden === 'hidden') process.stderr.write('\n')
    }
  }

  /** `fallback` is what Enter alone means. */
  async confirm(text: string, fallback: boolean): Promise<boolean> {
    const answer = (await this.question(`${text} [${fallback ? 'Y/n' : 'y/N'}] `)).toLowerCase()
    return answer === '' ? fallback : answer === 'y' || answer === 'yes'
  }

  close(): void {
    this.#lines.removeAllListeners('close')
    this.#lines.close()
  }

  /** After its end readline shows no prompt any more; what was typed ahead is still taken. */
  #show(text: string): void {
    if (this.#ended) return
    this.#lines.setPrompt(text)
    this.#lines.prompt()
  }

  #next(): Promise<string> {
    const typed = this.#typed.shift()
    if (typed !== undefined) return Promise.resolve(typed)
    if (this.#ended) return Promise.reject(new Interrupted())
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject }
    })
  }

  #take(line: string): void {
    const waiting = this.#waiting
    this.#waiting = null
    if (waiting === null) this.#typed.push(line)
    else waiting.resolve(line)
  }

  #end(): void {
    this.#ended = true
    process.stderr.write('\n')
    this.#waiting?.reject(new Interrupted())
  }
}
