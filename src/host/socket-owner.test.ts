import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Connection } from './socket-table.ts'
import { readSocketTables, socketOwners } from './socket-owner.ts'

const onLinux = process.platform === 'linux'
const asRoot = process.getuid?.() === 0
const cleanups: (() => void)[] = []
afterEach(() => cleanups.splice(0).forEach((cleanup) => cleanup()))

async function listen(host: string): Promise<Server> {
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true })
  server.listen(0, host)
  await once(server, 'listening')
  cleanups.push(() => server.close())
  return server
}

function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new Error('the server listens on no port')
  return (address satisfies AddressInfo).port
}

async function accept(server: Server): Promise<Socket> {
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve))
  const socket = await accepted
  cleanups.push(() => socket.destroy())
  return socket
}

async function connected(server: Server, options: { host: string; localAddress?: string }) {
  const accepting = accept(server)
  const client = connect({ ...options, port: portOf(server), allowHalfOpen: true })
  cleanups.push(() => client.destroy())
  await once(client, 'connect')
  return { client, served: await accepting }
}

function ends(served: Socket): Connection {
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = served
  return { localAddress, localPort, peerAddress: remoteAddress, peerPort: remotePort }
}

const real = socketOwners({ readTables: readSocketTables, unmappedUid: null })
const ownUid = process.getuid?.() ?? -1

describe.skipIf(!onLinux)('whose socket the kernel says it is', () => {
  it.each([
    { name: 'IPv4', listen: '127.0.0.1', host: '127.0.0.1' },
    {
      name: 'another loopback address',
      listen: '127.0.0.1',
      host: '127.0.0.1',
      localAddress: '127.9.8.7',
    },
    { name: 'IPv6', listen: '::1', host: '::1' },
    { name: 'IPv4 on a listener for both families', listen: '::', host: '127.0.0.1' },
    { name: 'IPv4 from an IPv6 socket', listen: '127.0.0.1', host: '::ffff:127.0.0.1' },
  ])('finds our own uid over $name', async ({ listen: on, ...options }) => {
    const { served } = await connected(await listen(on), options)
    expect(await real.ownerOf(ends(served))).toEqual({ kind: 'uid', uid: ownUid })
  })

  it.skipIf(!asRoot).each(['127.0.0.1', '::1'])(
    'finds the uid of another user over %s',
    async (host) => {
      const server = await listen(host)
      const accepting = accept(server)
      const script = `exec 3<>/dev/tcp/${host}/${portOf(server)}; read -r line <&3`
      const other = spawn('/bin/bash', ['-c', script], {
        uid: 65_534,
        gid: 65_534,
        cwd: '/',
        stdio: 'ignore',
      })
      cleanups.push(() => other.kill('SIGKILL'))

      expect(await real.ownerOf(ends(await accepting))).toEqual({ kind: 'uid', uid: 65_534 })
    },
  )

  it('says none for a peer that has closed', async () => {
    const { client, served } = await connected(await listen('127.0.0.1'), { host: '127.0.0.1' })
    const connection = ends(served)
    client.destroy()
    served.resume()
    await once(served, 'end')
    expect(await real.ownerOf(connection)).toEqual({ kind: 'none' })
  })

  it('says none for a peer that has closed its sending half', async () => {
    const { client, served } = await connected(await listen('127.0.0.1'), { host: '127.0.0.1' })
    client.end()
    served.resume()
    await once(served, 'end')
    expect(await real.ownerOf(ends(served))).toEqual({ kind: 'none' })
  })

  it('says none for a port that nobody holds', async () => {
    const { served } = await connected(await listen('127.0.0.1'), { host: '127.0.0.1' })
    expect(await real.ownerOf({ ...ends(served), peerPort: 1 })).toEqual({ kind: 'none' })
  })
})

/** Counts reads, and lets each end when the test says so. */
function heldReads() {
  const ends: ((text: string) => void)[] = []
  const readTables = () =>
    new Promise<Buffer>((resolve) => ends.push((text) => resolve(Buffer.from(text, 'latin1'))))
  return { ends, readTables }
}

describe('one read for everybody who waits', () => {
  const connection = {
    localAddress: '127.0.0.1',
    localPort: 8080,
    peerAddress: '127.0.0.1',
    peerPort: 50_000,
  }
  const row =
    '   0: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1000        0 4711 1 x 20 4 30 10 -1\n'

  it('never uses a read that began before the question', async () => {
    const { ends, readTables } = heldReads()
    const { ownerOf } = socketOwners({ readTables, unmappedUid: null })
    const early = ownerOf(connection)
    const late = [ownerOf(connection), ownerOf(connection), ownerOf(connection)]

    ends[0]?.('')
    expect(await early).toEqual({ kind: 'none' })
    expect(ends).toHaveLength(2)
    ends[1]?.(row)
    expect(await Promise.all(late)).toEqual(
      Array.from({ length: 3 }, () => ({ kind: 'uid', uid: 1000 })),
    )
    expect(ends).toHaveLength(2)
  })

  it('reads anew for each question that comes alone', async () => {
    const counted = { reads: 0 }
    const { ownerOf } = socketOwners({
      unmappedUid: null,
      readTables: async () => {
        counted.reads += 1
        return Buffer.from(row)
      },
    })
    await ownerOf(connection)
    await ownerOf(connection)
    await ownerOf(connection)
    expect(counted.reads).toBe(3)
  })

  it('says none while the table cannot be read, and recovers', async () => {
    const disk = { broken: true }
    const { ownerOf } = socketOwners({
      unmappedUid: null,
      readTables: async () => {
        if (disk.broken) throw new Error('EACCES')
        return Buffer.from(row)
      },
    })
    expect(await Promise.all([ownerOf(connection), ownerOf(connection)])).toEqual([
      { kind: 'none' },
      { kind: 'none' },
    ])
    disk.broken = false
    expect(await ownerOf(connection)).toEqual({ kind: 'uid', uid: 1000 })
  })

  it('takes the uid that stands for everybody outside this user namespace for nobody', async () => {
    const readTables = async () => Buffer.from(row)
    expect(await socketOwners({ readTables, unmappedUid: 1000 }).ownerOf(connection)).toEqual({
      kind: 'none',
    })
    expect(await socketOwners({ readTables, unmappedUid: 65_534 }).ownerOf(connection)).toEqual({
      kind: 'uid',
      uid: 1000,
    })
  })
})
