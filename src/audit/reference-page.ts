/** The page about all checks of the audit, each under its own anchor. */
import { CHECKS } from './checks/index.ts'
import type { Check } from './types.ts'

export function auditReference(): string {
  return [
    '# Checks of `openclaw security audit`',
    '',
    '<!-- Made by `npm run docs`. Do not edit. -->',
    '',
    'Accept a finding with its reason: `openclaw config set security.audit.accepted \'[{"check": "…", "reason": "…"}]\'`. It stays in sight.',
    '',
    ...anchored(CHECKS),
  ].join('\n')
}

/** A section a check, with its id as the anchor. */
export function anchored(
  checks: readonly Pick<Check, 'id' | 'severity' | 'title' | 'why'>[],
): readonly string[] {
  return checks.map(
    ({ id, severity, title, why }) => `## \`${id}\`\n\n**${title}.** (${severity})\n\n${why}\n`,
  )
}
