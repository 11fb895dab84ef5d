/** Which secrets stand in the configuration file themselves. */
import type { Check } from '../../types.ts'
import { parseKeyPath } from '../../../config/key-path.ts'
import { variableFor } from '../../../config/overrides.ts'
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
    const [first] = keys
    if (first === undefined) return []
    return [{ detail: `${configFile}: ${keys.join(', ')}`, fix: moveOut(first) }]
  },
}

/** docs/secrets.md has the same steps. */
function moveOut(key: string): string {
  const variable = variableFor(parseKeyPath(key) ?? [])
  const name = variable ?? key.replaceAll(/[^a-z0-9]+/gi, '_').toUpperCase()
  const kept = `openclaw secrets init, once; then openclaw config get ${key} --reveal | openclaw secrets set ${name}`
  return variable === null
    ? `${kept}; openclaw config set ${key} '\${${name}}'`
    : `${kept}; openclaw config unset ${key}`
}
