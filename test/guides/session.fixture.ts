/** One bash that goes on from line to line: variables, exports and folders stay, as for whoever follows a page. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { shellWord } from '../../src/core/shell-word.ts'
import type { Shell, Typed } from '../printed/shell.fixture.ts'

/** What `begin` began: a program that goes on until it is told to end. */
export interface Going {
  readonly line: string
  output(): string
  /** By SIGTERM; resolves to its exit code. */
  end(): Promise<number | null>
}

export interface Session {
  /** `input` is what it reads; nothing when absent. Rejects when the line ends the session itself. */
  type(line: string, input?: string): Promise<Typed>
  /** In the background, until it has printed `until`. A simple command, since its end is asked of it alone. */
  begin(line: string, until: RegExp, input?: string): Promise<Going>
  end(): Promise<void>
}

/** `within`: in front of a command that is to run on another machine, which has the shell's home, too. */
export function openSession(
  shell: Shell,
  env: Readonly<Record<string, string>>,
  within: readonly string[] = [],
): Session {
  const [program, ...words] = [...within, 'bash', '--noprofile', '--norc']
  const bash = spawn(program, words, {
    cwd: shell.home,
    env: shell.environment(env),
    // Of a group of its own, which a line that does not end is ended with.
    detached: true,
  })
  const said = { text: '', ended: false, stuck: false }
  const closed = once(bash, 'close').then(() => {
    said.ended = true
  })
  for (const stream of [bash.stdout, bash.stderr])
    stream.on('data', (chunk: Buffer) => {
      said.text += chunk.toString()
    })
  const beside = within.length === 0 ? tmpdir() : shell.home
  const files = { folder: mkdtempSync(join(beside, 'openclaw-session-')), next: 1 }
  const file = (text = '') => {
    const path = join(files.folder, String(files.next++))
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  /** Its output ends with the value, between two NUL, which nothing else prints. */
  const ask = async (command: string, value: string): Promise<readonly [string, string]> => {
    if (said.stuck) throw new Error(`${command}: an earlier line does not end`)
    said.stuck = true
    const from = said.text.length
    bash.stdin.write(`${command}\nprintf '\\0%s\\0' "${value}"\n`)
    const end = await vi.waitFor(
      () => {
        const found = /^([^\0]*)\0([^\0]*)\0/.exec(said.text.slice(from))
        if (found === null && !said.ended) throw new Error(`${command}: does not end`)
        return found
      },
      { timeout: 30_000, interval: 5 },
    )
    said.stuck = false
    if (end === null) throw new Error(`${command}: ended the shell: ${said.text.slice(from)}`)
    return [end[1] ?? '', end[2] ?? '']
  }
  const type = async (line: string, input?: string): Promise<Typed> => {
    const run = `eval ${shellWord(line)} 2>&1 < ${file(input)}`
    const [output, code] = await ask(run, '$?')
    return { code: Number(code), output }
  }
  const begin = async (line: string, until: RegExp, input?: string): Promise<Going> => {
    const out = file()
    const simple = line.replace(/\s+#\s.*$/, '')
    const [, pid] = await ask(`${simple} > ${out} 2>&1 < ${file(input)} &`, '$!')
    const output = () => readFileSync(out, 'utf8')
    const runs = async () => (await ask(`kill -0 ${pid} 2> /dev/null`, '$?'))[1] === '0'
    await vi.waitFor(
      async () => {
        const over = !(await runs())
        if (!until.test(output()) && !over) throw new Error(`${line}: ${output()}`)
      },
      { timeout: 20_000, interval: 20 },
    )
    if (!until.test(output())) throw new Error(`${line} ended: ${output()}`)
    return {
      line,
      output,
      end: async () => {
        const [, code] = await ask(`kill ${pid}; wait ${pid}`, '$?')
        return Number(code)
      },
    }
  }
  if (within.length > 0) bash.stdin.write(`cd ${shellWord(shell.home)}\n`)
  return {
    type,
    begin,
    end: async () => {
      bash.stdin.end()
      if (said.stuck && bash.pid !== undefined) process.kill(-bash.pid, 'SIGKILL')
      await closed
      rmSync(files.folder, { recursive: true, force: true })
    },
  }
}
