/** The least that a WebSocket server can do: `ws` that sends what the gateway sent. `node bare-ws.ts PORT FRAMES_FILE` */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import type { Frames } from './ws-frames.ts'
import { textOf } from './ws-text.ts'

const [, , port, framesFile = ''] = process.argv
const frames: Frames = JSON.parse(readFileSync(framesFile, 'utf8'))

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
sockets.on('connection', (socket) => {
  socket.send(frames.challenge)
  socket.on('message', (data) => {
    const { id, method }: { id: string; method: string } = JSON.parse(textOf(data))
    const payload = method === 'connect' ? frames.hello : frames.health
    socket.send(`{"type":"res","id":${JSON.stringify(id)},"ok":true,"payload":${payload}}`)
    if (method === 'connect') for (const frame of frames.afterHello) socket.send(frame)
  })
})

const server = createServer((_request, response) => response.end('ok'))
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (accepted) =>
    sockets.emit('connection', accepted, request),
  )
})
server.listen(Number(port), '127.0.0.1')
