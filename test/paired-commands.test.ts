/** A machine elsewhere, paired with the built gateway: by the functions that commands use, in a state dir of its own. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { ask } from '../src/cli/client.ts'
import { testContext } from '../src/cli/context.fixture.ts'
import type { Method } from '../src/cli/methods.ts'
import { noAnswerInWords } from '../src/cli/no-answer.ts'
import { pairDevice } from '../src/cli/pair-device.ts'
import { bearer, runCli, startGateway, TOKEN, type RunningGateway } from './gateway.ts'

const at = { gateway: {} as RunningGateway, stateDir: '' }

beforeAll(async () => {
  at.stateDir = mkdtempSync(join(tmpdir(), 'openclaw-elsewhere-'))
  const auth = { mode: 'token', token: TOKEN }
  at.gateway = await startGateway({ config: { gateway: { bind: 'lan', auth } } })
})
afterAll(async () => {
  await at.gateway.stop()
  rmSync(at.stateDir, { recursive: true, force: true })
})

/** An address of this host whose name is not the host's own: whoever comes that way is nobody's owner. */
const url = () => `http://127.0.0.2:${at.gateway.port}`
const context = () => testContext({ stateDir: () => at.stateDir }).context
const pair = () =>
  pairDevice(
    { scopes: ['operator.read'] },
    { positionals: [], options: { url: url(), token: TOKEN } },
    context(),
  )
async function said(method: Method): Promise<string> {
  const args = { positionals: [], options: { url: url() } }
  const answer = await ask({ method, shape: z.unknown() }, args, context())
  return answer.kind === 'answered' ? 'answered' : noAnswerInWords(answer)
}
const change = (path: string, method = 'POST') =>
  at.gateway.ask({ method, path: `/api/v1/devices/${path}`, headers: bearer(TOKEN), body: {} })

it('is approved on the gateway’s host, then needs no token, until it is removed', async () => {
  expect(await said('status')).toContain('DEVICE_IDENTITY_REQUIRED')

  const pending = await pair()
  if (pending.kind !== 'pending') throw new Error(JSON.stringify(pending))
  expect((await change(`requests/${pending.requestId}/approve`)).status).toBe(200)
  expect(await pair()).toMatchObject({ kind: 'paired', scopes: ['operator.read'] })

  expect(await said('status')).toBe('answered')
  expect(await said('lockouts.list')).toMatch(
    /\(AUTH_SCOPE_MISMATCH\): this machine was approved for less .*auth why/,
  )
  const words = ['status', '--url', url(), '--json']
  const program = runCli(at.stateDir, words)
  expect([program.code, program.stderr]).toEqual([0, ''])

  const listed = z.looseObject({ paired: z.array(z.looseObject({ deviceId: z.string() })) })
  const devices = await at.gateway.ask({ path: '/api/v1/devices', headers: bearer(TOKEN) })
  const [device] = listed.parse(devices.json).paired
  expect((await change(String(device?.deviceId), 'DELETE')).status).toBe(200)
  expect(await said('status')).toContain(
    '(AUTH_DEVICE_TOKEN_MISMATCH): this machine’s device token is no longer valid there',
  )
  expect((await pair()).kind).toBe('pending')
})

it('takes a token or a setup code from standard input, where nobody else sees it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'openclaw-typed-'))
  const pairWith = (args: readonly string[], input: string) =>
    runCli(dir, ['devices', 'pair', '--url', url(), ...args], { input: `${input}\n` })

  const wrong = pairWith(['--token', '-', '--no-wait'], 'tok-that-is-none-0123456789abcdef')
  expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('AUTH_TOKEN_MISMATCH')])
  const asked = pairWith(['--token', '-', '--no-wait'], TOKEN)
  expect([asked.code, asked.stderr]).toEqual([
    1,
    expect.stringMatching(/^openclaw: request \S+ waits/),
  ])

  const { json } = await at.gateway.ask({
    method: 'POST',
    path: '/api/v1/devices/setup-codes',
    headers: bearer(TOKEN),
    body: { bootstrapProfile: 'full', publicUrl: url() },
  })
  const paired = pairWith(
    ['--code', '-'],
    z.looseObject({ setupCode: z.string() }).parse(json).setupCode,
  )
  expect([paired.code, paired.stderr]).toEqual([0, ''])
  rmSync(dir, { recursive: true, force: true })
})
