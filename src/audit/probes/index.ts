/** Every probe of `--deep`. To add one: write its file, add its line, and its careless gateway to `test/audit-deep.test.ts`. */
import { configInForce } from './config-in-force.ts'
import { foreignHost } from './foreign-host.ts'
import { foreignOrigin } from './foreign-origin.ts'
import { forgedHeaders } from './forged-headers.ts'
import { guessing } from './guessing.ts'
import { methodOverride } from './method-override.ts'
import { noAnswer } from './no-answer.ts'
import { openRead } from './open-read.ts'
import { ownerSocket } from './owner-socket.ts'
import { pageSecrets } from './page-secrets.ts'
import { ports } from './ports.ts'
import { record } from './record.ts'
import { responseHeaders } from './response-headers.ts'
import { secretInQuery } from './secret-in-query.ts'
import type { Probe } from './types.ts'
import { version } from './version.ts'

export { NOT_RUNNING } from './not-running.ts'

export const PROBES: readonly Probe[] = [
  openRead,
  foreignHost,
  foreignOrigin,
  forgedHeaders,
  secretInQuery,
  methodOverride,
  guessing,
  responseHeaders,
  pageSecrets,
  ownerSocket,
  ports,
  version,
  configInForce,
  record,
  noAnswer,
]
