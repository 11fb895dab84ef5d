import { expect, it } from 'vitest'
import { folder, loaded, OTHER_TOKEN, TOKEN } from './folder.fixture.ts'
import { needsRestart } from './needs-restart.ts'

it.each([
  ['{gateway:{port:2}}', ['gateway.port']],
  ['{gateway:{bind:"lan",tls:{enabled:true}}}', ['gateway.bind', 'gateway.tls.enabled']],
  ['{logging:{level:"debug"},record:{maxBytes:33554432}}', ['logging.level', 'record.maxBytes']],
  ['{store:{url:"postgres://a@b/c"}}', ['store.url']],
  [`{gateway:{auth:{token:"${OTHER_TOKEN}"},trustedProxies:["10.0.0.1"]}}`, []],
])('%s asks for a restart because of %j', async (text, expected) => {
  const before = await loaded(
    folder({ 'openclaw.json': `{gateway:{auth:{token:"${TOKEN}"}}}` }).request(),
  )
  const after = await loaded(folder({ 'openclaw.json': text }).request())
  expect(needsRestart(before.config, after.config)).toEqual(expected)
  expect(needsRestart(after.config, after.config)).toEqual([])
})

it('two different database secrets differ', async () => {
  const one = await loaded(
    folder({ 'openclaw.json': '{store:{url:"postgres://a@b/c"}}' }).request(),
  )
  const two = await loaded(
    folder({ 'openclaw.json': '{store:{url:"postgres://a@b/d"}}' }).request(),
  )
  expect(needsRestart(one.config, two.config)).toEqual(['store.url'])
})
