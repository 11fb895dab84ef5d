/** States for the checks of the family `fs`. */
import type { CheckRow } from './scene.fixture.ts'

export const FS_ROWS: Readonly<Record<string, CheckRow>> = {
  'fs.state_dir.perms_world_writable': {
    wrong: { modes: { '.': 0o777 } },
    right: { modes: { '.': 0o700 } },
    says: /0777/,
  },
  'fs.config.perms_world_readable': {
    wrong: { modes: { 'openclaw.json': 0o644 } },
    right: { modes: { 'openclaw.json': 0o600 } },
    says: /0644/,
  },
}
