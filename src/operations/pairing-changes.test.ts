/** `pairing.changes` over a real bus: what is heard, by whom it may be heard, and when it is over. */
import { describe, expect, it } from 'vitest'
import { memoryBus } from './bus.ts'
import { operatorCall, runOperation } from './operator-call.fixture.ts'
import { pairingChanges } from './pairing-changes.ts'
import { PairingNews } from './pairing-news.ts'
import type { GatewayEvent, Progress } from './types.ts'

function bench() {
  const bus = memoryBus()
  const news = new PairingNews(bus)
  const caller = new AbortController()
  const heard: Progress[] = []
  const call = {
    ...operatorCall(),
    signal: caller.signal,
    emit: (one: Progress) => heard.push(one),
  }
  const run = (seconds: number | string) =>
    runOperation(
      pairingChanges({ news }),
      { seconds },
      { ...call, emit: (one) => void call.emit(one) },
    )
  const publish = (scope: GatewayEvent['scope']) =>
    bus.publish({ event: 'any', payload: { secret: 'a name' }, scope, droppable: false })
  return { news, caller, heard, run, publish }
}

describe('pairing.changes', () => {
  it('needs the scope of the lists', () => {
    expect(pairingChanges({ news: new PairingNews(memoryBus()) })).toMatchObject({
      requires: 'operator.pairing',
      webchat: false,
    })
  })

  it('says once that one should look, then at each change, and never what it was', async () => {
    const { run, publish, heard, news } = bench()
    const running = run('300')
    publish('operator.pairing')
    publish('operator.read')
    publish(null)
    publish('operator.pairing')
    news.end()
    expect(await running).toEqual({ changes: 2 })
    expect(heard).toEqual([{ kind: 'changed' }, { kind: 'changed' }, { kind: 'changed' }])
  })

  it('is over when its caller goes away, and hears nothing after', async () => {
    const { run, publish, heard, caller } = bench()
    const running = run(300)
    caller.abort()
    expect(await running).toEqual({ changes: 0 })
    publish('operator.pairing')
    expect(heard).toHaveLength(1)
  })

  it('is over when its time is, and at once in a gateway that stops', async () => {
    const { run, news } = bench()
    expect(await run(1)).toEqual({ changes: 0 })
    expect(await run(0)).toEqual({ changes: 0 })
    news.end()
    expect(await run(300)).toEqual({ changes: 0 })
  })

  it.each([301, -1, 'soon'])('does not wait %s seconds', async (seconds) => {
    await expect(bench().run(seconds)).rejects.toThrow()
  })
})
