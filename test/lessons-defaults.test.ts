/** Lessons about a gateway that nobody has configured: guessing is limited and refusals stay small from the first minute. */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bearer, makeStateDir, REMOTE, runCli, startGateway, TOKEN } from './gateway.ts'
import type { RunningGateway } from './gateway.ts'

describe('with nothing configured', () => {
  const plain = { gateway: {} as RunningGateway }
  const DEFAULT_ATTEMPTS = 10
  beforeAll(async () => {
    plain.gateway = await startGateway({ config: { gateway: { auth: { token: TOKEN } } } })
  })
  afterAll(async () => plain.gateway.stop())

  it('R23: the tenth wrong guess is the last, on IPv4 and on IPv6', async () => {
    const four = () =>
      plain.gateway.ask({ from: '127.7.0.1', headers: { ...REMOTE, ...bearer('x') } })
    for (const guess of [four, () => askSix(plain.gateway.port)]) {
      for (let count = 0; count < DEFAULT_ATTEMPTS; count += 1)
        expect((await guess()).status).toBe(401)
      expect((await guess()).status).toBe(429)
    }
  })

  it.each(['127.0.0.1', '::1', 'localhost', 'unknown', ''])(
    'R25: X-Forwarded-For: "%s" makes nobody local, and exempts nobody',
    async (claimed) => {
      const from = `127.8.0.${['127.0.0.1', '::1', 'localhost', 'unknown', ''].indexOf(claimed) + 1}`
      const headers = { 'x-forwarded-for': claimed }
      expect((await plain.gateway.ask({ from, headers })).status).toBe(401)
      const guess = { from, headers: { ...headers, ...bearer('guess') } }
      for (let count = 0; count < DEFAULT_ATTEMPTS; count += 1)
        expect((await plain.gateway.ask(guess)).status).toBe(401)
      expect((await plain.gateway.ask(guess)).status).toBe(429)
    },
  )
})

describe('R32: a thousand refusals', () => {
  const REFUSALS = 1000
  const MOST_LINES = 500

  it('R32: leave a bounded log and a bounded record, in which each is counted and explained', async () => {
    const dir = makeStateDir({ config: { gateway: { auth: { token: TOKEN } } } })
    const loud = await startGateway({ dir })
    const ids: string[] = []
    for (let batch = 0; batch < REFUSALS / 50; batch += 1) {
      const asked = Array.from({ length: 50 }, () => loud.ask({ headers: REMOTE }))
      for (const { status, text } of await Promise.all(asked)) {
        expect(status).toBe(401)
        ids.push(/"requestId":"([^"]+)"/.exec(text)?.[1] ?? '')
      }
    }
    await loud.stop()
    const record = textOf(join(dir, 'records'))
    const lines = record.split('\n').filter((line) => line.includes('nothing_presented'))
    const summed = [...record.matchAll(/"kind":"summary".*?"count":(\d+)/g)]
    const folded = summed.reduce((sum, [, count]) => sum + Number(count), 0)
    expect(lines.length - summed.length + folded).toBe(REFUSALS)
    expect(lines.length).toBeLessThan(MOST_LINES)
    expect(loud.output().split('\n').length).toBeLessThan(MOST_LINES)
    for (const id of [ids[0] ?? '', ids.at(-1) ?? '']) {
      const { code, stdout } = runCli(dir, ['auth', 'why', id])
      expect([code, stdout]).toEqual([0, expect.stringContaining('nothing_presented')])
    }
    rmSync(dir, { recursive: true })
  })
})

function textOf(folder: string): string {
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('')
}

function askSix(port: number): Promise<{ status: number }> {
  return new Promise((done, fail) => {
    const request = httpRequest(
      { host: '::1', port, path: '/api/v1/whoami', headers: { ...REMOTE, ...bearer('x') } },
      (response) => {
        response.resume()
        response.on('end', () => done({ status: response.statusCode ?? 0 }))
      },
    )
    request.on('error', fail)
    request.end()
  })
}
