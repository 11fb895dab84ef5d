import { decodeQR } from 'qr/decode.js'
import { describe, expect, it } from 'vitest'
import { NOW, testContext } from './context.fixture.ts'
import { closeGatewaysAfterEach, gateway } from './gateway.fixture.ts'
import { run } from './run.ts'

closeGatewaysAfterEach()

const CODE = {
  setupId: 's-1',
  setupCode: 'eyJ1cmwiOiJ3czovLzE5Mi4xNjguMS41OjE4Nzg5In0',
  gatewayUrl: 'ws://192.168.1.5:18789',
  auth: 'token',
  urlSource: 'gateway.bind',
  access: 'full',
  expiresAtMs: NOW + 600_000,
}

async function onTerminal(words: readonly string[], env: Record<string, string> = {}) {
  const { server } = await gateway({ 'device.pair.setupCode': CODE })
  const parts = { ownerSocket: async () => server.socketPath }
  const { context, written } = testContext(parts, { isTty: true, env })
  return { code: await run(words, context), ...written }
}

/** As a camera sees it: each character is two points, one above the other. */
function imageOf(lines: readonly string[]) {
  const size = 4
  const light = (character: string, half: number) =>
    character === '█' || character === (half === 0 ? '▀' : '▄')
  const points = lines.flatMap((line) =>
    [0, 1].map((half) => Array.from(line, (c) => light(c, half))),
  )
  const rows = points.flatMap((row) => Array.from({ length: size }, () => row))
  const pixels = rows.flatMap((row) =>
    row.flatMap((lit) => Array.from({ length: size }, () => (lit ? 255 : 0))),
  )
  const data = Uint8Array.from(pixels.flatMap((value) => [value, value, value, 255]))
  return { width: data.length / 4 / rows.length, height: rows.length, data }
}

describe('qr', () => {
  it('prints the code alone where no terminal is, and warns beside it', async () => {
    const { openclaw, server } = await gateway({ 'device.pair.setupCode': CODE })
    const { code, out, err } = await openclaw('qr')
    expect([code, out]).toEqual([0, `${CODE.setupCode}\n`])
    expect(err).toMatch(
      /^WARNING: whoever sees this is let in[\s\S]*It works once, until .*\(10m\)[\s\S]*administer/,
    )
    expect(err).not.toContain(CODE.setupCode)
    expect(server.received).toEqual([{ method: 'device.pair.setupCode', params: {} }])
    expect(JSON.parse((await openclaw('qr', '--json')).out)).toEqual(CODE)
  })

  it('draws it on a terminal, above its text', async () => {
    const { out } = await onTerminal(['qr'])
    const lines = out.trimEnd().split('\n')
    expect(lines.at(-1)).toBe(CODE.setupCode)
    expect(lines.length).toBeGreaterThan(15)
    expect(lines[0]?.replaceAll('█', '')).toBe('\u001b[40;97m\u001b[0m')
    const plain = await onTerminal(['qr'], { NO_COLOR: '1' })
    expect(plain.out).not.toContain('\u001b')
    expect(decodeQR(imageOf(plain.out.split('\n').slice(0, -2)))).toBe(CODE.setupCode)
    expect((await onTerminal(['qr', '--no-ascii'])).out).toBe(`${CODE.setupCode}\n`)
  })

  it('passes on for whom, and where that device reaches the gateway', async () => {
    const { openclaw, server } = await gateway({ 'device.pair.setupCode': CODE })
    await openclaw('qr', '--access', 'node', '--public-url', 'wss://claw.example.com')
    expect(server.received[0]?.params).toEqual({
      bootstrapProfile: 'node',
      publicUrl: 'wss://claw.example.com',
    })
    expect((await openclaw('qr', '--access', 'everything')).code).toBe(2)
  })

  it('says what to do where no device could reach the gateway', async () => {
    const message = 'Gateway is only bound to loopback. Set gateway.bind to lan'
    const { openclaw } = await gateway({
      'device.pair.setupCode': () => ({ error: { code: 'INVALID_REQUEST', message } }),
    })
    expect(await openclaw('qr')).toMatchObject({ code: 1, err: expect.stringContaining(message) })
  })
})
