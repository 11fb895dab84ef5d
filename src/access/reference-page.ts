/** The reference page of the reasons: every one, what the caller hears, and what to do. */
import { REASONS } from './reasons.ts'

const INTRODUCTION = `# Reasons

Made from the code by \`npm run docs\`. Every refusal has one of these. The caller hears only the category; the reason stands
in the record, and \`openclaw auth why <requestId>\` prints it with the trace and what to do.
`

export function reasonsReference(): string {
  const rows = Object.entries(REASONS).map(
    ([code, { tell, fix }]) => `| \`${code}\` | ${tell} | ${fix.replaceAll('|', '\\|')} |`,
  )
  return [
    INTRODUCTION,
    '| reason | the caller hears | what to do |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}
