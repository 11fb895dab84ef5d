import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { foreignListener } from './port-owner.ts'

const HEAD =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const row = (local: string, state: string, uid: number) =>
  `   0: ${local}:4965 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 12345 1 0000000000000000 100 0 0 10 0\n`
const PORT = 0x4965
const state: { dir: string } = { dir: '' }

beforeAll(async () => {
  state.dir = await mkdtemp(join(tmpdir(), 'openclaw-ports-'))
})
afterAll(() => rm(state.dir, { recursive: true, force: true }))

async function table(...rows: string[]): Promise<readonly string[]> {
  const path = join(state.dir, `tcp-${rows.join('').length}-${Math.random()}`)
  await writeFile(path, HEAD + rows.join(''))
  return [path]
}

describe('whose program listens on the gateway’s port', () => {
  it.each([
    ['127.0.0.1', '0100007F'],
    ['every address', '00000000'],
    ['every IPv6 address', '0'.repeat(32)],
  ])('names another user who listens on %s', async (_where, address) => {
    expect(await foreignListener(PORT, [0, 1000], await table(row(address, '0A', 1001)))).toBe(1001)
  })

  it('names the stranger on 127.0.0.1 even where we listen on every address: he gets the connection', async () => {
    const tables = await table(row('00000000', '0A', 1000), row('0100007F', '0A', 1001))
    expect(await foreignListener(PORT, [1000], tables)).toBe(1001)
  })

  it.each([
    ['our own', row('0100007F', '0A', 1000)],
    ['root’s', row('0100007F', '0A', 0)],
    ['connected, not listening,', row('0100007F', '01', 1001)],
    ['on another address', row('0100A8C0', '0A', 1001)],
    ['on another port', row('0100007F', '0A', 1001).replace('4965', '4966')],
  ])('says nothing about a socket that is %s', async (_what, line) => {
    expect(await foreignListener(PORT, [0, 1000], await table(line))).toBeNull()
  })

  it('says nothing where the kernel does not tell', async () => {
    expect(await foreignListener(PORT, [1000], [join(state.dir, 'absent')])).toBeNull()
  })

  it.runIf(process.platform === 'linux')(
    'finds a real listener in the kernel’s own table',
    async () => {
      const server = createServer()
      await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      expect(await foreignListener(port, [])).toBe(process.getuid?.())
      await new Promise((closed) => server.close(closed))
    },
  )
})
