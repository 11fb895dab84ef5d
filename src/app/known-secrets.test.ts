/** What is scrubbed from logs: also values that no setting takes, and those that lost. */
import { expect, it } from 'vitest'
import { folder, loaded } from '../config/folder.fixture.ts'
import { createScrubber } from '../host/scrub.ts'
import { knownSecrets } from './known-secrets.ts'

it.each([
  ['a variable of .secrets', { '.secrets': 'SOMETHING_ELSE=unlisted-value\n' }],
  [
    'a key of `openclaw login` that lost',
    {
      'credentials/openai-oauth.json': '{"type":"api_key","apiKey":"unlisted-value"}',
      'openclaw.json': '{ models: { providers: { openai: { apiKey: "another" } } } }',
    },
  ],
  [
    'a token that lost',
    {
      '.env': 'OPENCLAW_GATEWAY_TOKEN=of-the-dotenv-file\n',
      'openclaw.json': '{ gateway: { auth: { token: "unlisted-value" } } }',
    },
  ],
])('%s', async (_, files) => {
  const { scrub } = createScrubber(knownSecrets(await loaded(folder(files).request())))
  expect(scrub('it was unlisted-value that failed')).toBe('it was [redacted] that failed')
  expect(scrub('nothing to hide')).toBe('nothing to hide')
})
