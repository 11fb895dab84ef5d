import { describe, expect, it } from 'vitest'
import { gatewayRestart } from './gateway-restart.ts'
import { gatewayStop, type Lifecycle } from './gateway-stop.ts'
import { runOperation } from './operator-call.fixture.ts'

function lifecycle(
  canRestart = true,
  broken: string | null = null,
): Lifecycle & { readonly asked: string[] } {
  const asked: string[] = []
  return {
    asked,
    pid: 42,
    stop: (reason) => asked.push(`stop: ${reason}`),
    restart: (reason) => {
      asked.push(`restart: ${reason}`)
      return canRestart
    },
    whyNotAgain: async () => broken,
  }
}

describe('gateway.stop and gateway.restart', () => {
  it('stop says which process ends and who asked for it', async () => {
    const process = lifecycle()
    expect(await runOperation(gatewayStop(process))).toEqual({ ok: true, stopping: true, pid: 42 })
    await runOperation(gatewayStop(process), { reason: 'upgrade' })
    expect(process.asked).toEqual(['stop: asked by shared:token', 'stop: upgrade'])
  })

  it('restart says which process ends', async () => {
    const process = lifecycle()
    expect(await runOperation(gatewayRestart(process))).toEqual({
      ok: true,
      restarting: true,
      pid: 42,
    })
    expect(process.asked).toEqual(['restart: asked by shared:token'])
  })

  it('restart refuses where nothing would start the gateway again, and says what to do', async () => {
    await expect(runOperation(gatewayRestart(lifecycle(false)))).rejects.toThrow(
      /openclaw gateway stop/,
    )
  })

  it('restart refuses while the files would not let it start again, and says why', async () => {
    const process = lifecycle(true, 'openclaw.json:4: gateway.prt: not a key')
    await expect(runOperation(gatewayRestart(process))).rejects.toMatchObject({
      reason: 'conflict',
      message: expect.stringMatching(/keeps the configuration.*openclaw\.json:4: gateway\.prt/),
    })
    expect(process.asked).toEqual([])
  })

  it("both are changes, and an administrator's", () => {
    for (const operation of [gatewayStop(lifecycle()), gatewayRestart(lifecycle())]) {
      expect(operation).toMatchObject({ changes: true, requires: 'operator.admin' })
    }
  })

  it('refuses a reason that is a novel', async () => {
    await expect(
      runOperation(gatewayStop(lifecycle()), { reason: 'x'.repeat(201) }),
    ).rejects.toThrow()
  })
})
