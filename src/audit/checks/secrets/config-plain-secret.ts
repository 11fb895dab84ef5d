/** Which secrets stand in the configuration file themselves. */
import type { Check } from '../../types.ts'
import { secretsOf } from '../../../config/secrets-of.ts'

export const configPlainSecret: Check = {
  id: 'secrets.config_plain_secret',
  severity: 'info',
  title: 'The configuration file holds secrets themselves',
  why: 'A configuration is copied, shown and put under version control more easily than secrets should be; `${VARIABLE}` or a reference keeps them elsewhere (S3, SPEC 1).',
  find({ config, configFile, offers }) {
    const keys = secretsOf(config)
      .map(({ key }) => key)
      .filter((key) =>
        offers(key).some(({ from, elsewhere }) => from === 'config' && elsewhere !== true),
      )
    if (keys.length === 0) return []
    const fix = `openclaw secrets set <NAME>, and \${NAME} in place of the value; docs/secrets.md has the steps`
    return [{ detail: `${configFile}: ${keys.join(', ')}`, fix }]
  },
}
