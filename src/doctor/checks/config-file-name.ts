/** Whether the configuration has one of its two older file names. */
import { basename } from 'node:path'
import type { Check } from '../types.ts'

export const configFileName: Check = {
  id: 'config.file_name',
  severity: 'info',
  title: 'The configuration has an older file name',
  why: '`config.json` (S1) and `gateway.yaml` (S3) are read like `openclaw.json` (SPEC 1), so nothing is wrong. `--fix` offers to write `openclaw.json`, comments included, and keeps the old file as `.bak`; it asks first, since scripts of yours may name the old one.',
  find({ config }) {
    if (config.kind === 'refused' || config.ownName === null) return []
    const { file, ownName } = config
    return [
      {
        detail: `${file} is read; new installations have ${basename(ownName)}`,
        fix: 'openclaw doctor --fix asks whether to move it; --yes answers',
        repairs: [{ kind: 'move-config', from: file, to: ownName }],
      },
    ]
  },
}
