/** Keeps one container: its network, its published port, and a new start after each end, until it was stopped. */
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectTo, createServer } from 'node:net'
import type { Writable } from 'node:stream'
import { connect, firstProcess, startContainer } from './container.ts'
import { readCompose } from './compose.ts'
import { readImage } from './dockerfile.ts'

const NETWORK = '172.31.77'
const state = process.argv[2] ?? ''
const image = readImage()
const service = readCompose(process.env).services['openclaw-gateway']
if (service === undefined) throw new Error('no service openclaw-gateway')

/** As Docker's own proxy does it: whoever comes from this host comes from the network's first address. */
for (const published of service.ports) {
  const [host = '', port = '', inside = ''] = published.split(':')
  createServer((socket) => {
    const onward = connectTo(Number(inside), `${NETWORK}.2`)
    socket.pipe(onward).pipe(socket)
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const)
      one.on('error', () => other.destroy())
  }).listen(Number(port), host)
}

const isWanted = () => readFileSync(`${state}/wanted`, 'utf8') === 'running'
while (isWanted()) {
  const root = `${state}/root`
  const child = startContainer({ service, image, root, command: image.command }, [
    'ignore',
    'inherit',
    'inherit',
    'pipe',
  ])
  while (firstProcess(child) === '') await new Promise(setImmediate)
  connect(child, NETWORK)
  ;(child.stdio[3] as Writable).end('\n')
  writeFileSync(`${state}/pid`, firstProcess(child))
  const [code] = (await once(child, 'close')) as [number | null]
  rmSync(`${state}/pid`)
  process.stdout.write(`the container ended with code ${code}\n`)
}
process.exit(0)
