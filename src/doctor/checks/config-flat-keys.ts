/** Whether the file has keys under their older, flat names. */
import type { Check, FlatKeyFact } from '../types.ts'

export const configFlatKeys: Check = {
  id: 'config.flat_keys',
  severity: 'info',
  title: 'Keys stand in the file under their older names',
  why: '`gateway.token`, `gateway.token_secondary` and `gateway.host` (S3) are read as the keys they mean (SPEC 1), so nothing is wrong; `--fix` writes the names that documentation and errors use. Comments stay, values are not looked at.',
  find({ config }) {
    if (config.kind === 'refused' || config.flatKeys.length === 0) return []
    const { file, flatKeys } = config
    const undecided = flatKeys.find((key) => key.undecided)
    const detail = `${file}: ${flatKeys.map(inWords).join(', ')}`
    if (undecided !== undefined) {
      const fix = `What ${undecided.flat} means depends on a variable: write ${undecided.means} by hand`
      return [{ detail, fix }]
    }
    return [
      { detail, fix: 'openclaw doctor --fix', repairs: [{ kind: 'name-keys', file } as const] },
    ]
  },
}

function inWords({ flat, means }: FlatKeyFact): string {
  return `${flat} is ${means}`
}
