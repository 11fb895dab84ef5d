/** docs/devices.md: every command on it is typed in its order, while devices and nodes come and wait. */
import { TestDevice } from '../src/access/device.fixture.ts'
import { NODE_PARAMS } from '../src/server/websocket/node-gateway.fixture.ts'
import { admitted } from '../src/server/websocket/test-client.fixture.ts'
import { waitFor } from './channels.fixture.ts'
import { TOKEN } from './gateway.ts'
import { followGuide, gatewayBeside } from './guides/guide.fixture.ts'
import type { Place, Step } from './guides/steps.ts'
import { askByDevice } from './printed/device-request.fixture.ts'

const CONFIG = { gateway: { bind: 'lan', auth: { mode: 'token', token: TOKEN } } }
/** Nobody is local there. */
const ELSEWHERE = {
  'wss://claw.example.com': ({ port }: Place) => `ws://127.0.0.2:${port}`,
}
/** Machines of their own. */
const on = (machine: string) => ({
  'openclaw devices pair': `OPENCLAW_STATE_DIR=~/${machine} openclaw devices pair`,
  'openclaw status': `OPENCLAW_STATE_DIR=~/${machine} openclaw status`,
})
const asks = ({ port }: Place) => askByDevice(port, TOKEN)

interface Listed {
  readonly pending: readonly { readonly requestId: string; readonly nodeId: string }[]
  readonly paired: readonly { readonly deviceId: string; readonly role: string }[]
}
/** By another shell of the owner. */
async function listed({ shell }: Place, what: 'devices list' | 'nodes pending'): Promise<Listed> {
  return JSON.parse((await shell.type(`openclaw ${what} --json`)).output)
}
async function setupCode({ shell, port }: Place): Promise<string> {
  const line = `openclaw qr --access node --public-url ws://127.0.0.2:${port} 2>/dev/null`
  return (await shell.type(line)).output
}
async function approveWhatComes(place: Place): Promise<void> {
  await waitFor(async () => {
    const [request] = (await listed(place, 'devices list')).pending
    const { code } = await place.shell.type(`openclaw devices approve ${request?.requestId}`)
    if (code !== 0) throw new Error('nothing waits yet')
  })
}
const operator = async (place: Place) =>
  (await listed(place, 'devices list')).paired.find(({ role }) => role === 'operator')?.deviceId ??
  ''

/** Two phones: one with a camera, and one that nobody knows. */
const [camera, stranger] = [new TestDevice(), new TestDevice()]
const phone = ({ port }: Place, device: TestDevice) =>
  admitted(Number(port), {
    device,
    params: { ...NODE_PARAMS, auth: { token: TOKEN }, commands: ['camera.snap'] },
  })
const requestOf = (device: TestDevice) => async (place: Place) =>
  (await listed(place, 'nodes pending')).pending.find(({ nodeId }) => nodeId === device.id)
    ?.requestId ?? ''
const connected = { camera: null as null | Awaited<ReturnType<typeof phone>> }
async function answersWithPicture(): Promise<void> {
  const { payload } = (await connected.camera?.event('node.invoke.request')) ?? {}
  const [id, params] = [payload?.['id'], JSON.parse(String(payload?.['paramsJSON']))]
  const answer = { id, nodeId: camera.id, ok: true, payload: { snapped: params.quality } }
  await connected.camera?.call('node.invoke.result', answer)
}

const LET_IN: readonly Step[] = [
  {
    before: asks,
    line: 'openclaw devices list                          # what waits, what is approved, who is connected',
    says: /^request .*\n[0-9a-f-]{12} .*another \dm/,
  },
  {
    line: 'openclaw devices approve <request>             # with exactly the role and scopes that the list shows',
    fill: {
      '<request>': async (place) =>
        (await listed(place, 'devices list')).pending[0]?.requestId ?? '',
    },
    says: /^approved:\n[^]*until +it is revoked/,
  },
  {
    line: 'openclaw devices approve <request> --expires 30d',
    fill: { '<request>': asks },
    says: /^approved:\n[^]*until +\d{4}-\d\d-\d\d/,
  },
  {
    line: 'openclaw devices reject <request>',
    fill: { '<request>': asks },
    says: /reject/,
  },
  {
    before: asks,
    line: 'openclaw devices clear                         # rejects all that wait',
    says: /^1 request rejected/,
  },
  {
    line: 'openclaw qr                                    # a QR code for a phone',
    says: /^WARNING|^eyJ/,
  },
  {
    line: 'openclaw qr --access node --public-url wss://claw.example.com',
    says: /becomes a node/,
  },
]

const THIS_MACHINE: readonly Step[] = [
  {
    line: 'openclaw devices pair --url wss://claw.example.com --token -   # asks for the token, says what to type there, and waits',
    fill: on('laptop'),
    input: `${TOKEN}\n`,
    meanwhile: approveWhatComes,
    says: /request \S+ waits at [^]*commands with --url \S+ need no token from now on/,
  },
  {
    line: 'openclaw devices pair --code -                                 # asks for a code of `openclaw qr`; nobody has to approve it',
    fill: on('tablet'),
    input: async ({ shell, port }) =>
      (await shell.type(`openclaw qr --public-url ws://127.0.0.2:${port} 2>/dev/null`)).output,
    says: /^this machine is paired with /m,
  },
  {
    line: 'openclaw status --url wss://claw.example.com                   # no token from now on',
    fill: on('laptop'),
    says: /^gateway running/,
  },
]

const NODES: readonly Step[] = [
  {
    before: async (place) => {
      connected.camera = await phone(place, camera)
      await phone(place, stranger)
    },
    line: 'openclaw nodes pending                         # every command that is asked for',
    says: /commands\n +camera\.snap\n[^]*commands\n +camera\.snap\n/,
  },
  {
    line: 'openclaw nodes approve <request>               # its id, as for devices',
    fill: { '<request>': requestOf(camera) },
    says: new RegExp(camera.id.slice(0, 12)),
  },
  {
    line: 'openclaw nodes reject <request>',
    fill: { '<request>': requestOf(stranger) },
    says: /reject/,
  },
  {
    line: 'openclaw nodes list                            # what is approved, who is connected',
    says: new RegExp(`${camera.id.slice(0, 12)} .*connected.* camera\\.snap`),
  },
  {
    line: `openclaw nodes invoke <id> camera.snap --params '{"quality": 80}'`,
    fill: { '<id>': camera.id.slice(0, 12) },
    meanwhile: answersWithPicture,
    says: /"snapped": 80/,
  },
]

const WORKER = { 'openclaw connect': 'OPENCLAW_STATE_DIR=~/worker openclaw connect' }
const THIS_NODE: readonly Step[] = [
  {
    line: 'openclaw connect --code -                                    # asks for a setup code made with access node (or OPENCLAW_SETUP_CODE)',
    fill: WORKER,
    input: setupCode,
    until: /commands +node\.info\nconnected to [^]*openclaw nodes pending/,
    over: true,
  },
  {
    line: 'openclaw connect --url wss://claw.example.com                # once it was let in: with its own token',
    fill: WORKER,
    until: /commands +node\.info\nconnected to /,
    over: true,
  },
  {
    line: `openclaw connect --allow up=uptime --allow "disk.free=df -h" # this host's gateway`,
    until: /commands +node\.info, up, disk\.free\nconnected to /,
    over: true,
  },
  {
    block: 'json5',
    begins: `{\n  commands: {\n    'disk.free'`,
    file: 'worker/node-commands.json',
    home: 'here',
    // Nobody is there: what it would serve is said before that.
    gives: {
      'OPENCLAW_STATE_DIR=~/worker openclaw connect --once --url ws://127.0.0.1:1 || true':
        /commands +node\.info, disk\.free, backup\.run, unit\.status\n/,
    },
  },
]

const AWAY: readonly Step[] = [
  {
    line: 'openclaw devices rotate --device <id> --role operator   # a new token; the old one holds until the new one was used',
    fill: { '<id>': operator },
    says: /has a new token as operator/,
  },
  {
    line: 'openclaw devices revoke --device <id> --role operator   # dead at once, open connections too',
    fill: { '<id>': operator },
    says: /is no longer let in as operator/,
  },
  {
    line: 'openclaw devices remove <id>',
    fill: { '<id>': operator },
    says: /is removed/,
  },
  {
    line: 'openclaw nodes remove <id>                              # as a node alone',
    fill: { '<id>': camera.id },
    says: /is a node no longer/,
  },
  {
    line: 'openclaw devices forget --removed-before 90d --dry-run   # how many it would be',
    says: /^0 removed devices would be forgotten, [1-9]/,
  },
  {
    line: 'openclaw devices forget --removed-before 90d             # or --all-removed',
    says: /^0 removed devices forgotten, [1-9]/,
  },
]

followGuide({
  page: 'docs/devices.md',
  steps: [...LET_IN, ...THIS_MACHINE, ...NODES, ...THIS_NODE, ...AWAY],
  fill: ELSEWHERE,
  opens: (place) => gatewayBeside(place, CONFIG),
})
