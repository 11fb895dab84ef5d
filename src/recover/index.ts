/** The parts of the state dir, in the order in which they are examined and mended. To add one: write its file, add its line. */
import { addresses } from './addresses.ts'
import { apiKeys } from './api-keys.ts'
import { configFile } from './config-file.ts'
import { configKeys } from './config-keys.ts'
import { credential } from './credential.ts'
import { dotenv } from './dotenv.ts'
import { afterTheSettings, examineForeseen } from './foresee.ts'
import { forms } from './forms.ts'
import { identity, lockouts, tailscaleNote, webSessions } from './kept-files.ts'
import { lockFiles } from './lock-files.ts'
import { modes } from './modes.ts'
import { oneConfig, onceOneIsLeft } from './one-config.ts'
import { owners } from './owners.ts'
import { records } from './records.ts'
import { senderRows } from './sender-rows.ts'
import { secretFiles } from './secret-files.ts'
import { stateFolder } from './state-folder.ts'
import { stateKey } from './state-key.ts'
import { store } from './store.ts'
import { storeRows } from './store-rows.ts'
import type { Step } from './types.ts'
import { changeWhileItRuns, onceUndone, overtakenChange, waitingChange } from './waiting-change.ts'

/** Until the state dir can be locked against a start. */
export const BEFORE_THE_LOCK: readonly Step[] = [stateFolder, owners, modes, forms, lockFiles]

/** Those that may change the configuration. */
const EDITORS: readonly Step[] = [
  configFile,
  dotenv,
  secretFiles,
  configKeys,
  addresses,
  credential,
  store,
  apiKeys,
]

const CHANGE = waitingChange(EDITORS)

/** The settings come twice: only once the key file can be read is it known whether a key is also a token. */
export const UNDER_THE_LOCK: readonly Step[] = [
  oneConfig,
  CHANGE,
  configFile,
  dotenv,
  secretFiles,
  configKeys,
  addresses,
  credential,
  stateKey,
  store,
  storeRows,
  senderRows,
  apiKeys,
  configKeys,
  overtakenChange,
  webSessions,
  lockouts,
  records,
  tailscaleNote,
  identity,
]

const TOKEN_TO_BE = afterTheSettings(credential)
const AFTER_THE_CHANGE = UNDER_THE_LOCK.filter(
  (step) => ![oneConfig, CHANGE, overtakenChange].includes(step),
)

/** Without a repair in between, once is enough. */
export const TO_EXAMINE: readonly Step[] = [
  ...BEFORE_THE_LOCK,
  oneConfig,
  ...examineForeseen([CHANGE], onceOneIsLeft),
  ...examineForeseen(
    [...new Set(AFTER_THE_CHANGE.map((step) => (step === credential ? TOKEN_TO_BE : step)))],
    async (place) => onceUndone(EDITORS)(await onceOneIsLeft(place)),
  ),
]

/** What a gateway that runs does not change: its store and its record are never the same twice. */
export const WHILE_IT_RUNS: readonly Step[] = [
  stateFolder,
  owners,
  modes,
  forms,
  oneConfig,
  changeWhileItRuns,
  configFile,
  dotenv,
  secretFiles,
  configKeys,
  stateKey,
  apiKeys,
  identity,
]
