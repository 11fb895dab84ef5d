/** The page about all checks of the doctor, each under its own anchor. */
import { anchored } from '../audit/reference-page.ts'
import { DOCTOR_CHECKS } from './checks/index.ts'

export function doctorReference(): string {
  return [
    '# Checks of `openclaw doctor`',
    '',
    '<!-- Made by `npm run docs`. Do not edit. -->',
    '',
    'What each looks at, and what `--fix` does about it. How to use it: [doctor.md](../doctor.md).',
    '',
    ...anchored(DOCTOR_CHECKS),
  ].join('\n')
}
