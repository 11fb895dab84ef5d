/** Starts the bare servers that the gateway is compared with. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Answer } from './http-answer.ts'
import { freePort, startServer, type ServerProcess } from './server-process.ts'
import type { Frames } from './ws-frames.ts'

export function startBareHttp(answer: Answer): Promise<ServerProcess> {
  return start('bare-http.ts', answer)
}

export function startBareWs(frames: Frames): Promise<ServerProcess> {
  return start('bare-ws.ts', frames)
}

async function start(file: string, said: Answer | Frames): Promise<ServerProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-bare-'))
  const saidFile = join(folder, 'said.json')
  writeFileSync(saidFile, JSON.stringify(said))
  const port = await freePort()
  const args = [join(import.meta.dirname, file), String(port), saidFile]
  try {
    return await startServer({ args, env: {}, cwd: import.meta.dirname, port, readyPath: '/ready' })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
