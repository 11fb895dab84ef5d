import { describe, expect, it } from 'vitest'
import { NOW } from './context.fixture.ts'
import { closeGatewaysAfterEach, gateway } from './gateway.fixture.ts'

closeGatewaysAfterEach()

const ATTIC = '3f2a9c01b2d4'.padEnd(64, '0')
const REQUEST = '6a0f2c1e-8f2b-4b1c-9d0e-2f6f0c7f1a55'
const node = {
  nodeId: ATTIC,
  displayName: 'Attic\u009b2J',
  platform: 'linux',
  caps: ['camera'],
  commands: ['camera.snap', 'system.run'],
  approvalState: 'pending-reapproval',
  pendingRequestId: REQUEST,
  connected: true,
}
const request = {
  requestId: REQUEST,
  nodeId: ATTIC,
  displayName: null,
  platform: 'linux',
  caps: ['camera'],
  commands: ['camera.snap', 'system.run'],
  requiredApproveScopes: ['operator.pairing', 'operator.write', 'operator.admin'],
}
const answers = {
  'node.list': { ts: NOW, nodes: [node] },
  'node.pair.list': { pending: [request], paired: [node] },
  'node.pair.approve': { requestId: REQUEST, node },
  'node.pair.reject': { requestId: REQUEST, nodeId: ATTIC },
  'node.pair.remove': { nodeId: ATTIC },
  'node.rename': { nodeId: ATTIC, displayName: 'Den' },
  'node.describe': { ts: NOW, ...node },
  'node.invoke': {
    ok: true,
    nodeId: ATTIC,
    command: 'camera.snap',
    payload: { text: 'a\u009b2J' },
    payloadJSON: '{}',
  },
}

describe('nodes', () => {
  it('list: which there are, and what they may run', async () => {
    const { openclaw } = await gateway(answers)
    const { code, out } = await openclaw('nodes', 'list')
    expect(code).toBe(0)
    expect(out).toMatch(
      /3f2a9c01b2d4 +Attic\?2J +pending-reapproval +connected now +camera\.snap, system\.run\n/,
    )
    const away = { ...node, connected: false, lastSeenAtMs: NOW - 7_200_000 }
    const gone = await gateway({ 'node.list': { ts: NOW, nodes: [away] } })
    expect((await gone.openclaw('nodes', 'list')).out).toContain('  2h ago  ')
    const none = await gateway({ 'node.list': { ts: NOW, nodes: [] } })
    expect((await none.openclaw('nodes', 'list')).out).toContain('openclaw qr --access node')
  })

  it('on a narrow terminal: the id first, every command below the other', async () => {
    const commands = Array.from({ length: 9 }, (_, index) => `tool.${index}`)
    const nodes = { ...answers, 'node.list': { ts: NOW, nodes: [{ ...node, commands }] } }
    const { openclaw } = await gateway(nodes, {}, {}, { columns: 40 })
    const { out } = await openclaw('nodes', 'list')
    expect(out).toMatch(/^node {7}3f2a9c01b2d4\nname {7}Attic\?2J\n/)
    expect(out).toContain('commands   tool.0, tool.1, tool.2,\n           tool.3,')
    expect(out).toContain('tool.8\n')
  })

  it('pending, R19: every command that would be allowed, and what allowing it takes', async () => {
    const commands = Array.from({ length: 256 }, (_, index) => `tool.${index}`)
    const pairing = { pending: [{ ...request, commands }], paired: [] }
    const { openclaw } = await gateway({ ...answers, 'node.pair.list': pairing })
    const { out } = await openclaw('nodes', 'pending')
    for (const command of commands) expect(out).toContain(`    ${command}\n`)
    expect(out).toContain('operator.pairing, operator.write, operator.admin')
  })

  it('approve: shows what was allowed, or which requests there are', async () => {
    const { openclaw, server } = await gateway(answers)
    const { code, out } = await openclaw('nodes', 'approve', REQUEST)
    expect([code, out]).toEqual([0, expect.stringContaining('    system.run\n')])
    expect(server.received.at(-1)?.params).toEqual({ requestId: REQUEST })
    expect(server.connects.at(-1)?.scopes).toContain('operator.admin')
    expect(await openclaw('nodes', 'approve', '00000000')).toMatchObject({
      code: 1,
      err: 'openclaw: nodes approve: no such request waits; these do: 6a0f2c1e-8f2 (linux)\n',
    })
  })

  it('approve: takes the beginning of a request’s id', async () => {
    const { openclaw, server } = await gateway(answers)
    expect((await openclaw('nodes', 'approve', '6a0f2c1e')).code).toBe(0)
    expect(server.received.at(-1)).toEqual({
      method: 'node.pair.approve',
      params: { requestId: REQUEST },
    })
  })

  it.each([[[]], [['3f2a9c01b2d4']], [[ATTIC]]])(
    'R12: approve %j shows what is asked for, and allows nothing',
    async (words) => {
      const { openclaw, server } = await gateway(answers)
      const { code, out, err } = await openclaw('nodes', 'approve', ...words)
      expect([code, out]).toEqual([1, expect.stringContaining('    system.run\n')])
      expect(err).toBe(
        'openclaw: nothing is approved yet: type `openclaw nodes approve 6a0f2c1e-8f2`\n',
      )
      expect(server.received.map(({ method }) => method)).toEqual(['node.pair.list'])
    },
  )

  it('where none asks, says where to see what is allowed', async () => {
    const none = { ...answers, 'node.pair.list': { pending: [], paired: [node] } }
    const { openclaw } = await gateway(none)
    for (const words of [['approve'], ['approve', REQUEST], ['reject', REQUEST]]) {
      const { code, err } = await openclaw('nodes', ...words)
      expect([code, err]).toEqual([1, expect.stringContaining('`openclaw nodes list`')])
    }
  })

  it.each([
    [['reject', REQUEST], { requestId: REQUEST }],
    [['reject', '6a0f2c1e'], { requestId: REQUEST }],
    [['reject', '3f2a9c01b2d4'], { requestId: REQUEST }],
    [['remove', '3f2a9c01'], { nodeId: ATTIC }],
    [['rename', '3f2a9c01', 'Den'], { nodeId: ATTIC, displayName: 'Den' }],
    [['rename', '--node', ATTIC, '--name', 'Den'], { nodeId: ATTIC, displayName: 'Den' }],
    [['describe', '--node', '3f2a9c01'], { nodeId: ATTIC }],
  ])('%j', async (words, params) => {
    const { openclaw, server } = await gateway(answers)
    const { code, out } = await openclaw('nodes', ...words)
    expect([code, out]).toEqual([0, expect.stringMatching(/3f2a9c01b2d4/)])
    expect(out).not.toContain('\u009b')
    expect(server.received.at(-1)?.params).toEqual(params)
  })

  it('describe: what it asks for besides, and how to allow it', async () => {
    const { openclaw } = await gateway(answers)
    const { out } = await openclaw('nodes', 'describe', ATTIC)
    expect(out).toContain(`openclaw nodes approve ${REQUEST}`)
  })

  it('invoke: prints the answer as JSON, free of what a terminal obeys', async () => {
    const { openclaw, server } = await gateway(answers)
    const words = ['nodes', 'invoke', '3f2a9c01', 'camera.snap']
    const { code, out } = await openclaw(...words, '--params', '{"quality":80}')
    expect([code, out]).toEqual([0, '{\n  "text": "a?2J"\n}\n'])
    expect(server.received.at(-1)?.params).toEqual({
      nodeId: ATTIC,
      command: 'camera.snap',
      params: { quality: 80 },
      timeoutMs: 30_000,
      idempotencyKey: expect.stringMatching(/^[\w-]{36}$/),
    })
    expect(server.connects[0]?.scopes).toEqual(['operator.read'])
    expect(JSON.parse((await openclaw(...words, '--json')).out)).toMatchObject({ ok: true })
  })

  it.each([
    [[ATTIC]],
    [[ATTIC, 'camera.snap', '--params', 'quality=80']],
    [[ATTIC, 'camera.snap', '--timeout-ms', '0']],
    [[]],
  ])('invoke %j is used wrongly, and nothing runs', async (words) => {
    const { openclaw, server } = await gateway(answers)
    expect((await openclaw('nodes', 'invoke', ...words)).code).toBe(2)
    expect(server.received).toEqual([])
  })
})
