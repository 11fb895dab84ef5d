/** Every check of the doctor. To add one: write its file, add its line, and its two states to `test/doctor/rows.ts`. */
import type { Check } from '../types.ts'
import { clockBehind, clockNetwork } from './clock.ts'
import { configChange } from './config-change.ts'
import { configFileName } from './config-file-name.ts'
import { configFlatKeys } from './config-flat-keys.ts'
import { configInForce } from './config-in-force.ts'
import { configLoads } from './config-loads.ts'
import { configShadowed } from './config-shadowed.ts'
import { configStarts } from './config-starts.ts'
import { configUnresolved } from './config-unresolved.ts'
import { diskSpace } from './disk.ts'
import { gatewayAnswers } from './gateway-answers.ts'
import { gatewayPort } from './gateway-port.ts'
import { gatewayRuns } from './gateway-runs.ts'
import { gatewayVersion } from './gateway-version.ts'
import { leftovers } from './leftovers.ts'
import { locksHeld, locksUsable } from './locks.ts'
import { nodeVersion } from './node-version.ts'
import { openFiles } from './open-files.ts'
import { recordAgrees } from './record.ts'
import { security } from './security.ts'
import { serviceContainer, serviceLingers, serviceSecret } from './service.ts'
import { storeWhole } from './store.ts'

export const DOCTOR_CHECKS: readonly Check[] = [
  configLoads,
  configStarts,
  configUnresolved,
  configShadowed,
  configFlatKeys,
  configFileName,
  configChange,
  configInForce,
  gatewayAnswers,
  gatewayRuns,
  gatewayVersion,
  gatewayPort,
  locksUsable,
  locksHeld,
  storeWhole,
  recordAgrees,
  clockBehind,
  clockNetwork,
  nodeVersion,
  diskSpace,
  openFiles,
  serviceSecret,
  serviceLingers,
  serviceContainer,
  leftovers,
  security,
]
