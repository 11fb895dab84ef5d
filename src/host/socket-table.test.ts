import { describe, expect, it } from 'vitest'
import { SocketTable, type Connection } from './socket-table.ts'

const HEADING =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const CONNECTION: Connection = {
  localAddress: '127.0.0.1',
  localPort: 8080,
  peerAddress: '127.0.0.1',
  peerPort: 50_000,
}

interface Row {
  readonly ends?: string
  readonly state?: string
  readonly uid?: number
  readonly inode?: number
}

function row({
  ends = '0100007F:C350 0100007F:1F90',
  state = '01',
  uid = 1000,
  inode = 4711,
}: Row): string {
  const owner = `${String(uid).padStart(5)}        0 ${inode}`
  return `   1: ${ends} ${state} 00000000:00000000 02:000A1B2C 00000000 ${owner} 2 0000000000000000 20 4 30 10 -1\n`
}

function table(...rows: readonly string[]): SocketTable {
  return new SocketTable(Buffer.from(HEADING + rows.join(''), 'latin1'))
}

const TCP6_MAPPED = '0000000000000000FFFF00000100007F:C350 0000000000000000FFFF00000100007F:1F90'
const TCP6 = 'B80D0120000000000000000001000000:C350 B80D0120000000000000000002000000:1F90'
const IPV6 = { ...CONNECTION, peerAddress: '2001:db8::1', localAddress: '2001:db8::2' }

describe('a row of the kernel’s table', () => {
  it.each([
    { name: 'the peer’s own end', rows: [row({})], expect: 1000 },
    {
      name: 'an IPv6 socket that speaks IPv4',
      rows: [row({ ends: TCP6_MAPPED, uid: 7 })],
      expect: 7,
    },
    { name: 'our end only', rows: [row({ ends: '0100007F:1F90 0100007F:C350' })], expect: null },
    {
      name: 'the right port at another address',
      rows: [row({ ends: '0200007F:C350 0100007F:1F90' })],
      expect: null,
    },
    {
      name: 'the right end towards another port',
      rows: [row({ ends: '0100007F:C350 0100007F:1F91' })],
      expect: null,
    },
    { name: 'a listening socket', rows: [row({ state: '0A' })], expect: null },
    { name: 'a half-closed socket', rows: [row({ state: '04' })], expect: null },
    { name: 'a socket in CLOSE_WAIT', rows: [row({ state: '08' })], expect: null },
    { name: 'a socket that no process holds', rows: [row({ uid: 0, inode: 0 })], expect: null },
    { name: 'root’s socket', rows: [row({ uid: 0 })], expect: 0 },
    { name: 'an empty table', rows: [], expect: null },
    { name: 'a row that ends early', rows: [row({}).slice(0, 60)], expect: null },
    { name: 'a row with nonsense for a uid', rows: [row({}).replace('1000', '-1')], expect: null },
  ])('$name', ({ rows, expect: uid }) => {
    const owner = uid === null ? { kind: 'none' } : { kind: 'uid', uid }
    expect(table(...rows).ownerOf(CONNECTION)).toEqual(owner)
  })

  it('finds an IPv6 peer', () => {
    expect(table(row({ ends: TCP6, uid: 33 })).ownerOf(IPV6)).toEqual({ kind: 'uid', uid: 33 })
  })

  it('reads a mapped address of ours as IPv4', () => {
    const mapped = {
      ...CONNECTION,
      localAddress: '::ffff:127.0.0.1',
      peerAddress: '::ffff:127.0.0.1',
    }
    expect(table(row({})).ownerOf(mapped)).toEqual({ kind: 'uid', uid: 1000 })
  })

  it.each([
    { name: 'what is no address', peerAddress: 'localhost' },
    { name: 'two families at once', peerAddress: '::1' },
  ])('says none for $name', ({ peerAddress }) => {
    expect(table(row({})).ownerOf({ ...CONNECTION, peerAddress })).toEqual({ kind: 'none' })
  })

  it('answers many questions on one reading as it answers one', () => {
    const port = (number: number) => number.toString(16).toUpperCase().padStart(4, '0')
    const rows = Array.from({ length: 10_000 }, (_, n) =>
      row({
        ends: `0100007F:${port(n + 1)} 0100007F:1F90`,
        uid: n,
        state: n % 10 === 0 ? '06' : '01',
      }),
    )
    const full = table(...rows)
    const asked = Array.from({ length: 10_000 }, (_, n) =>
      full.ownerOf({ ...CONNECTION, peerPort: n + 1 }),
    )
    const expected = rows.map((_, n) => (n % 10 === 0 ? { kind: 'none' } : { kind: 'uid', uid: n }))
    expect(asked).toEqual(expected)
  })
})
