/** What the gateway says on a WebSocket, taken down so that the bare server can send the same bytes. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TestDevice } from '../src/access/device.fixture.ts'
import { openSession } from './ws-load.ts'
import { textOf } from './ws-text.ts'

export interface Frames {
  readonly challenge: string
  /** Payload of the answer to `connect`, as JSON text. */
  readonly hello: string
  /** Events that every newcomer is sent. */
  readonly afterHello: readonly string[]
  /** Payload of the answer to `health`. */
  readonly health: string
}

export async function captureFrames(
  port: number,
  device: TestDevice | null = null,
): Promise<Frames> {
  const { socket, challenge, hello } = await openSession(port, device)
  const received: string[] = []
  socket.on('message', (data) => received.push(textOf(data)))
  await sleep(200)
  const afterHello = [...received]
  const answered = new Promise<string>((resolve) => {
    socket.on('message', (data) => {
      const text = textOf(data)
      if (text.includes('"id":"capture"')) resolve(text)
    })
  })
  socket.send('{"type":"req","id":"capture","method":"health"}')
  const health = await answered
  socket.terminate()
  return { challenge, hello: payloadOf(hello), afterHello, health: payloadOf(health) }
}

function payloadOf(frame: string): string {
  const { payload }: { payload: unknown } = JSON.parse(frame)
  return JSON.stringify(payload)
}
