/** The page about all checks of the audit, each under its own anchor. */
import { CHECKS } from './checks/index.ts'

export function auditReference(): string {
  const checks = CHECKS.map(
    ({ id, severity, title, why }) => `## \`${id}\`\n\n**${title}.** (${severity})\n\n${why}\n`,
  )
  return [
    '# Checks of `openclaw security audit`',
    '',
    '<!-- Made by `npm run docs`. Do not edit. -->',
    '',
    'Accept a finding with its reason: `openclaw config set security.audit.accepted \'[{"check": "…", "reason": "…"}]\'`. It stays in sight.',
    '',
    ...checks,
  ].join('\n')
}
