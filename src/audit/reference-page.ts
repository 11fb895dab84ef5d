/** The page about all checks of the audit, each under its own anchor. */
import { CHECKS } from './checks/index.ts'
import { NOT_RUNNING, PROBES } from './probes/index.ts'
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
    DEEP,
    ...anchored([NOT_RUNNING, ...PROBES]),
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

const DEEP = `# With \`--deep\`

The gateway that runs on the state dir is tried as a stranger would, over real sockets: at most 60 requests in at most 3 s. Whatever it lets in is compared with what the decision code says of the
same request. Up to three of them show a wrong credential, from an address that is nobody’s: 127.0.113.7, or, where a proxy on this
host is trusted, 192.0.2.99 in its X-Forwarded-For;
the record shows them with the host openclaw-audit.invalid. What could not be tried is said at the end.
`
