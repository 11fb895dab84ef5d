/** What the next start or reload with a configuration warns of: one answer for the gateway that runs and for whoever changes the file. */
import type { Loaded } from '../config/load.ts'
import type { Problem } from '../config/problem.ts'
import { startRules, type StartRules } from '../config/start-rules.ts'
import { channelWarnings } from './channel-warnings.ts'
import { pageWarnings } from './exposure.ts'

/** `rules`: of this configuration, where somebody has them already. */
export function configWarnings(
  { config, warnings }: Pick<Loaded, 'config' | 'warnings'>,
  rules: Pick<StartRules, 'warnings'> = startRules(config),
): readonly Problem[] {
  const ofChannels = channelWarnings(config).filter((warning) => !follows(warning, warnings))
  return [...warnings, ...rules.warnings, ...pageWarnings(config), ...ofChannels]
}

/** A secret that only the gateway's own environment has is none that an account lacks. */
function follows({ code, key }: Problem, left: readonly Problem[]): boolean {
  if (code !== 'account_incomplete' || key === null) return false
  return left.some(
    (one) => one.code === 'secrets_unopened' || one.key?.startsWith(`${key}.`) === true,
  )
}
