import { afterEach, describe, expect, it } from 'vitest'
import { tailscaleCommand } from './tailscale-command.ts'
import { standIn, type StandIn } from './tailscale-stand-in.ts'
import { STATUS_COMMAND, ownTailnet } from './tailscale-status.ts'

const standIns: StandIn[] = []
afterEach(() => standIns.splice(0).forEach((each) => each.remove()))

function answering(script: string) {
  const tailscale = standIn(`[ "$*" = "status --json" ] || exit 9\n${script}`)
  standIns.push(tailscale)
  return ownTailnet(tailscaleCommand({ ...STATUS_COMMAND, path: tailscale.path }))
}

function says(status: unknown) {
  return answering(`cat <<'END'\n${JSON.stringify(status)}\nEND`)
}

const SELF = { DNSName: 'Claw.tail1.ts.net.', TailscaleIPs: ['100.64.0.1', 'fd7a:115c:a1e0::1'] }

describe('this machine on its tailnet', () => {
  it('has a name without the trailing dot, and addresses', async () => {
    expect(
      await says({ Version: '1.80.0', BackendState: 'Running', Self: SELF, Peer: {} }),
    ).toEqual({
      kind: 'up',
      names: ['claw.tail1.ts.net'],
      addresses: ['100.64.0.1', 'fd7a:115c:a1e0::1'],
    })
  })

  it('has no name of ours under another domain, and no address that is none', async () => {
    const self = { DNSName: 'claw.example.com.', TailscaleIPs: ['nonsense'] }
    expect(await says({ BackendState: 'Running', Self: self })).toEqual({
      kind: 'up',
      names: [],
      addresses: [],
    })
  })

  it.each([
    {
      name: 'it is logged out',
      status: { BackendState: 'NeedsLogin', Self: SELF },
      detail: 'in state "NeedsLogin"',
    },
    {
      name: 'it says nothing of itself',
      status: { BackendState: 'Running' },
      detail: 'nothing of this machine',
    },
  ])('is unavailable when $name', async ({ status, detail }) => {
    expect(await says(status)).toMatchObject({
      kind: 'unavailable',
      detail: expect.stringContaining(detail),
    })
  })

  it('is unavailable when the daemon is down', async () => {
    expect(await answering('echo "is tailscaled running?" >&2; exit 1')).toEqual({
      kind: 'unavailable',
      detail: 'tailscale status failed: is tailscaled running?',
    })
  })

  it('is unavailable where there is no command', async () => {
    const missing = tailscaleCommand({ ...STATUS_COMMAND, path: '/nonexistent' })
    expect(await ownTailnet(missing)).toMatchObject({ kind: 'unavailable' })
  })
})
