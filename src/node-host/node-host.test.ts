import { describe, expect, it, onTestFinished } from 'vitest'
import { builtInCommands } from './built-in.ts'
import { commandShape, programCommand } from './command-shape.ts'
import { MOST_AT_ONCE, NodeHost } from './node-host.ts'
import { ProcessGroups } from './process-groups.ts'
import type { NodeCommand, Told } from './types.ts'

const ME = 'me'
const COMMANDS: readonly NodeCommand[] = [
  ...builtInCommands('1.2.3'),
  programCommand('count', commandShape.parse({ run: ['printf', '%s.', 'fixed'], extraArgs: true })),
  programCommand('fixed', commandShape.parse({ run: ['printf', 'fixed'] })),
  programCommand('sleep', commandShape.parse({ run: ['sleep', '60'] })),
]

function stage() {
  const time = { now: 1_000_000 }
  const groups = new ProcessGroups()
  const told: Told[] = []
  const host = new NodeHost({
    deviceId: ME,
    commands: new Map(COMMANDS.map((command) => [command.name, command])),
    groups,
    env: process.env,
    clock: () => time.now,
    tell: (one) => void told.push(one),
  })
  onTestFinished(async () => {
    await host.stop()
    groups.killAll()
  })
  const sent = { count: 0 }
  /** Resolves with what was sent back, once that is over. */
  const ask = (command: string, more: object = {}): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      const id = `invocation-${sent.count++}`
      host.request(
        { id, nodeId: ME, command, ...more },
        async (result) => void setImmediate(() => resolve({ ...result })),
      )
    })
  return { time, told, host, ask }
}
const args = (...given: unknown[]) => ({ paramsJSON: JSON.stringify({ args: given }) })
const stdoutOf = ({ payloadJSON }: Record<string, unknown>) =>
  JSON.parse(String(payloadJSON)).stdout
const no = (code: string) => ({ ok: false, error: { code, message: expect.any(String) } })

describe('a node', () => {
  it('runs what is on its list, and answers the very invocation', async () => {
    const { ask } = stage()
    const result = await ask('fixed')
    expect(result).toEqual({
      id: 'invocation-0',
      nodeId: ME,
      ok: true,
      payloadJSON: expect.anything(),
    })
    expect(stdoutOf(result)).toBe('fixed')
  })

  it('tells what it is without a list', async () => {
    const { ask } = stage()
    const { payloadJSON } = await ask('node.info')
    expect(JSON.parse(String(payloadJSON))).toMatchObject({
      version: '1.2.3',
      platform: process.platform,
    })
  })

  it.each(['system.run', 'FIXED', 'fixed ', '__proto__', 'constructor', '/bin/sh'])(
    'refuses %s, which is not on its list, whoever sends it',
    async (command) => {
      expect(await stage().ask(command)).toMatchObject(no('not-allowed'))
    },
  )

  it('adds arguments where its list says so, and nowhere else', async () => {
    const { ask } = stage()
    expect(stdoutOf(await ask('count', args('a b', '$(id)')))).toBe('fixed.a b.$(id).')
    expect(await ask('fixed', args('x'))).toMatchObject(no('not-allowed'))
    expect(await ask('node.info', args('x'))).toMatchObject(no('not-allowed'))
    expect(stdoutOf(await ask('fixed', args()))).toBe('fixed')
    expect(stdoutOf(await ask('fixed', { paramsJSON: 'null' }))).toBe('fixed')
  })

  it.each([
    ['no JSON', '{'],
    ['a list', '["a"]'],
    ['another member', '{"argv":["a"]}'],
    ['a number', '{"args":[1]}'],
    ['a NUL', '{"args":["a\\u0000b"]}'],
    ['half a character', '{"args":["\\ud800"]}'],
    ['too many', JSON.stringify({ args: Array.from({ length: 65 }, () => 'x') })],
    ['too much', JSON.stringify({ args: ['x'.repeat(32_769)] })],
  ])('refuses arguments with %s', async (_, paramsJSON) => {
    const { ask } = stage()
    const result = await ask('count', { paramsJSON })
    expect(result).toMatchObject(no('invalid-params'))
  })

  it('does not run one invocation twice, nor one key in two', async () => {
    const { host, ask, time } = stage()
    const answers: object[] = []
    const request = { id: 'same', nodeId: ME, command: 'fixed', idempotencyKey: 'key' }
    await new Promise<void>((resolve) => {
      const answer = async (result: object) => {
        answers.push(result)
        resolve()
      }
      host.request(request, answer)
      host.request(request, answer)
    })
    host.request(request, async (result) => void answers.push(result))
    expect(await ask('fixed', { idempotencyKey: 'key' })).toMatchObject(no('duplicate'))
    time.now += 300_000
    expect(await ask('fixed', { idempotencyKey: 'key' })).toMatchObject({ ok: true })
    await host.stop()
    expect(answers).toHaveLength(1)
  })

  it('ignores what is for another node, and what is no request', async () => {
    const { host, ask, told } = stage()
    const answer = () => expect.unreachable()
    host.request({ id: 'x', nodeId: 'another', command: 'fixed' }, answer)
    host.request({ nodeId: ME, command: 'fixed' }, answer)
    host.request(null, answer)
    host.cancel(null)
    host.cancel({ invokeId: 'unknown' })
    await ask('fixed')
    expect(told).toHaveLength(1)
  })

  it('ends a command when it is told to', async () => {
    const { host, ask } = stage()
    const ended = ask('sleep')
    host.cancel({ invokeId: 'invocation-0', nodeId: ME })
    expect(await ended).toMatchObject(no('cancelled'))
  })

  it('runs so many at once and no more', async () => {
    const { host, ask } = stage()
    const running = Array.from({ length: MOST_AT_ONCE }, () => ask('sleep'))
    expect(await ask('fixed')).toMatchObject(no('busy'))
    host.cancel({ invokeId: 'invocation-0' })
    await running[0]
    expect(await ask('fixed')).toMatchObject({ ok: true })
  })

  it('ends all of them when it stops, says so, and takes nothing more', async () => {
    const { host, ask } = stage()
    const running = [ask('sleep'), ask('sleep')]
    await host.stop()
    for (const ended of running) expect(await ended).toMatchObject(no('cancelled'))
    expect(await ask('fixed')).toMatchObject(no('cancelled'))
  })

  it('tells who watches which command ended how, and no more than that', async () => {
    const { host, told } = stage()
    const request = { id: 'x', nodeId: ME, command: 'fixed' }
    host.request(request, () => Promise.reject(new Error('unknown invoke id')))
    await host.stop()
    expect(told).toMatchObject([{ kind: 'invoked', command: 'fixed', delivered: false }])
  })
})
