import { afterEach, describe, expect, it } from 'vitest'
import { oneLine, tailscaleCommand } from './tailscale-command.ts'
import { standIn, type StandIn } from './tailscale-stand-in.ts'

const standIns: StandIn[] = []
afterEach(() => standIns.splice(0).forEach((each) => each.remove()))

function command(script: string, limits: { timeoutMs?: number; maxBytes?: number } = {}) {
  const tailscale = standIn(script)
  standIns.push(tailscale)
  return tailscaleCommand({ path: tailscale.path, timeoutMs: 5_000, maxBytes: 10_000, ...limits })
}

describe('running the tailscale command', () => {
  it('gives what it wrote', async () => {
    expect(await command('printf %s "$1-$2"')(['a b', '$HOME'])).toEqual({
      kind: 'done',
      stdout: 'a b-$HOME',
    })
  })

  it('says why it failed, on one line, even below a warning', async () => {
    const failing = command(
      'printf "Warning: versions differ\\n\\n\\033[31mno match\\n" >&2; exit 3',
    )
    expect(await failing([])).toEqual({
      kind: 'failed',
      exitCode: 3,
      message: 'Warning: versions differ [31mno match',
    })
  })

  it('passes none of our environment on', async () => {
    process.env['OPENCLAW_TEST_CANARY'] = 'secret'
    const result = await command('env')([])
    delete process.env['OPENCLAW_TEST_CANARY']
    expect(result).toMatchObject({ kind: 'done', stdout: expect.not.stringContaining('CANARY') })
  })

  it('says that it is not installed', async () => {
    const missing = tailscaleCommand({ path: '/nonexistent', timeoutMs: 1_000, maxBytes: 10 })
    expect(await missing([])).toEqual({
      kind: 'unavailable',
      detail: 'the `tailscale` command is not on PATH',
    })
  })

  it('ends one that hangs, and repeats what it had said', async () => {
    const hanging = command('echo "To enable, visit https://example.test/f" >&2; exec sleep 60', {
      timeoutMs: 300,
    })
    expect(await hanging([])).toEqual({
      kind: 'unavailable',
      detail:
        'the `tailscale` command did not end within 0.3 s: To enable, visit https://example.test/f',
    })
  })

  it('ends one that writes without end', async () => {
    expect(await command('exec cat /dev/zero')([])).toEqual({
      kind: 'unavailable',
      detail: 'the `tailscale` command wrote too much',
    })
  })

  it('keeps a long complaint short', () => {
    expect(oneLine('x'.repeat(5_000))).toHaveLength(400)
  })
})
