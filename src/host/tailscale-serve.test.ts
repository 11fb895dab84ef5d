import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { tailscaleCommand } from './tailscale-command.ts'
import { SERVE_COMMAND, tailscaleServe } from './tailscale-serve.ts'
import { standIn, type StandIn } from './tailscale-stand-in.ts'

const standIns: StandIn[] = []
afterEach(() => standIns.splice(0).forEach((each) => each.remove()))

/** Keeps a config as tailscaled does, as far as one entry is concerned. */
const DAEMON = `
case "$*" in
  "serve status --json") cat "$DIR/config";;
  *" off") echo '{}' > "$DIR/config";;
  "serve --bg --yes --https=443 --set-path=/ "*|"funnel --bg --yes --https=443 --set-path=/ "*)
    for target; do :; done
    echo '{"TCP":{"443":{"HTTPS":true}},"Web":{"claw.tail1.ts.net:443":{"Handlers":{"/":{"Proxy":"'"$target"'"}}}}}' > "$DIR/config";;
  *) echo "unknown: $*" >&2; exit 2;;
esac`

function daemon({ config = null, script = DAEMON }: { config?: unknown; script?: string } = {}) {
  const tailscale = standIn(script)
  standIns.push(tailscale)
  const configFile = join(tailscale.dir, 'config')
  const noteFile = join(tailscale.dir, 'tailscale-serve.json')
  writeFileSync(configFile, JSON.stringify(config))
  const gateway = () =>
    tailscaleServe({
      command: tailscaleCommand({ ...SERVE_COMMAND, path: tailscale.path }),
      noteFile,
    })
  return {
    gateway,
    noteFile,
    served: (): unknown => JSON.parse(readFileSync(configFile, 'utf8')),
    changes: () => tailscale.calls().filter((call) => call !== 'serve status --json'),
  }
}

function serving(handlers: Record<string, object>, { funnel = false } = {}) {
  const at = 'claw.tail1.ts.net:443'
  return {
    TCP: { 443: { HTTPS: true } },
    Web: { [at]: { Handlers: handlers } },
    ...(funnel ? { AllowFunnel: { [at]: true } } : {}),
  }
}

const OWNERS = { Proxy: 'http://127.0.0.1:3000' }

describe('tailscale serve and funnel', () => {
  it.each(['serve', 'funnel'] as const)(
    '%s forwards to the port, and is undone on stop',
    async (mode) => {
      const { gateway, served, changes, noteFile } = daemon()
      const running = gateway()
      expect(await running.start(mode, 18_999)).toEqual({ kind: 'done' })
      expect(served()).toEqual(serving({ '/': { Proxy: 'http://127.0.0.1:18999' } }))
      expect(await running.stop()).toEqual({ kind: 'done' })
      expect(changes()).toEqual([
        `${mode} --bg --yes --https=443 --set-path=/ http://127.0.0.1:18999`,
        `${mode} --yes --https=443 --set-path=/ off`,
      ])
      expect(existsSync(noteFile)).toBe(false)
    },
  )

  it('replaces what a killed gateway left behind', async () => {
    const { gateway, served } = daemon()
    await gateway().start('serve', 18_001)
    expect(await gateway().start('funnel', 18_002)).toEqual({ kind: 'done' })
    expect(served()).toEqual(serving({ '/': { Proxy: 'http://127.0.0.1:18002' } }))
  })

  it('recognises it even when it was killed between noting and setting', async () => {
    const { gateway, noteFile } = daemon({
      config: serving({ '/': { Proxy: 'http://127.0.0.1:18001' } }),
    })
    const targets = ['http://127.0.0.1:18002', 'http://127.0.0.1:18001']
    writeFileSync(noteFile, JSON.stringify({ mode: 'serve', targets }))
    expect(await gateway().start('serve', 18_003)).toEqual({ kind: 'done' })
  })

  it('removes what a killed gateway left behind when the mode is off now', async () => {
    const { gateway, served } = daemon()
    await gateway().start('serve', 18_001)
    expect(await gateway().stop()).toEqual({ kind: 'done' })
    expect(served()).toEqual({})
  })

  it('leaves an entry alone that the owner has changed since', async () => {
    const { gateway, changes, noteFile } = daemon({ config: serving({ '/': OWNERS }) })
    writeFileSync(noteFile, JSON.stringify({ mode: 'serve', targets: ['http://127.0.0.1:18001'] }))
    expect(await gateway().stop()).toEqual({ kind: 'done' })
    expect(changes()).toEqual([])
  })

  it('touches nothing on stop when nothing was started', async () => {
    const { gateway, changes } = daemon({ config: serving({ '/': OWNERS }), script: 'exit 1' })
    expect(await gateway().stop()).toEqual({ kind: 'done' })
    expect(changes()).toEqual([])
  })

  it('serves beside other paths of the owner', async () => {
    const { gateway } = daemon({ config: serving({ '/photos': OWNERS }) })
    expect(await gateway().start('serve', 18_001)).toEqual({ kind: 'done' })
  })

  it.each([
    {
      name: 'the owner serves something there',
      mode: 'serve',
      config: serving({ '/': OWNERS }),
      message: 'already serves "/" from http://127.0.0.1:3000',
    },
    {
      name: 'the owner serves a folder there',
      mode: 'serve',
      config: serving({ '/': { Path: '/srv' } }),
      message: 'already serves "/" from something else',
    },
    {
      name: 'the port forwards TCP',
      mode: 'serve',
      config: { TCP: { 443: { TCPForward: '127.0.0.1:5432' } } },
      message: 'already forwards TCP',
    },
    {
      name: 'funnel would show other paths',
      mode: 'funnel',
      config: serving({ '/photos': OWNERS }),
      message: 'funnel would show /photos',
    },
    {
      name: 'funnel is on for other paths',
      mode: 'serve',
      config: serving({ '/photos': OWNERS }, { funnel: true }),
      message: 'funnel is on for /photos',
    },
    {
      name: 'the config is in no shape we know',
      mode: 'serve',
      config: { Web: 'x' },
      message: 'is not what it used to be',
    },
  ] as const)('refuses when $name, and changes nothing', async ({ mode, config, message }) => {
    const { gateway, changes } = daemon({ config })
    const result = await gateway().start(mode, 18_001)
    expect(result).toMatchObject({ kind: 'refused', message: expect.stringContaining(message) })
    expect(result).toMatchObject({ message: expect.stringContaining('gateway.tailscale.mode') })
    expect(changes()).toEqual([])
  })

  it('says what tailscale said when it refuses', async () => {
    const script = `[ "$2" = status ] && { cat "$DIR/config"; exit; }\necho 'access denied: use --operator' >&2; exit 1`
    const { gateway } = daemon({ script })
    expect(await gateway().start('serve', 18_001)).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('access denied: use --operator'),
    })
  })

  it('says that tailscale is not there', async () => {
    const command = tailscaleCommand({ ...SERVE_COMMAND, path: '/nonexistent' })
    const { noteFile } = daemon()
    expect(await tailscaleServe({ command, noteFile }).start('serve', 1)).toMatchObject({
      message: expect.stringContaining('the `tailscale` command is not on PATH'),
    })
    writeFileSync(noteFile, JSON.stringify({ mode: 'funnel', targets: ['http://127.0.0.1:1'] }))
    expect(await tailscaleServe({ command, noteFile }).stop()).toMatchObject({
      message: expect.stringContaining(
        'Remove it with `tailscale funnel --https=443 --set-path=/ off`',
      ),
    })
    expect(existsSync(noteFile)).toBe(true)
  })

  it('says how to remove what it could not', async () => {
    const script = DAEMON.replace(`*" off") echo '{}' > "$DIR/config";;`, '*" off") exit 1;;')
    const { gateway, noteFile } = daemon({ script })
    await gateway().start('serve', 18_001)
    expect(await gateway().stop()).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('still forwards'),
    })
    expect(existsSync(noteFile)).toBe(true)
  })

  it('sets nothing that it cannot note', async () => {
    const { gateway, changes, noteFile } = daemon()
    mkdirSync(noteFile)
    expect(await gateway().start('serve', 18_001)).toMatchObject({ kind: 'refused' })
    expect(changes()).toEqual([])
  })

  it('removes nothing on the word of a note that cannot be read', async () => {
    const { gateway, changes, noteFile } = daemon({ config: serving({ '/': OWNERS }) })
    writeFileSync(noteFile, '{"mode":')
    expect(await gateway().stop()).toEqual({ kind: 'done' })
    expect(changes()).toEqual([])
  })
})
