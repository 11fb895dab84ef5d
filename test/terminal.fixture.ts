/** For tests: a command of the built command line on a real pseudo-terminal, typed at like a person does. */
import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { join } from 'node:path'
import { environment, type RunningCommand } from './gateway.ts'

const BIN = join(import.meta.dirname, '../dist/index.js')

export interface TypedAt extends RunningCommand {
  /** Waits until the words stand there, after what was waited for before, and then types; `\r` is Enter. */
  answer(words: RegExp, keys: string): Promise<void>
}

/** `script` of util-linux gives the terminal; what the command and the echo write comes back as one stream. */
export function onTerminal(
  dir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): TypedAt {
  const line = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['--quiet', '--return', '--command', line, '/dev/null'], {
    cwd: dir,
    env: { ...environment(dir, env), SHELL: '/bin/sh', TERM: 'xterm' },
  })
  const said = { text: '', over: false, read: 0 }
  const news = new EventEmitter().setMaxListeners(0)
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said.text += chunk.toString()
      news.emit('news')
    })
  const exited = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
  void exited.then(() => {
    said.over = true
    news.emit('news')
  })
  const says = async (words: RegExp, from = 0): Promise<RegExpExecArray> => {
    for (;;) {
      const found = words.exec(said.text.slice(from))
      if (found !== null) return found
      if (said.over) throw new Error(`it ended without saying ${words}: ${said.text}`)
      await once(news, 'news')
    }
  }
  return {
    child,
    exited,
    output: () => said.text,
    says,
    async answer(words, keys) {
      const found = await says(words, said.read)
      said.read += found.index + found[0].length
      child.stdin.write(keys)
    },
  }
}
