/** For tests: who answers and never ends. */
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server that says `first`, and then `again` for as long as anybody listens. `path`: at a socket there; else at a port, which it answers. */
export async function talker(first: string, again: string, path?: string): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.write(first)
    const timer = setInterval(() => socket.write(again), 10)
    socket.on('close', () => clearInterval(timer))
  })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return path === undefined ? (server.address() as AddressInfo).port : 0
}
