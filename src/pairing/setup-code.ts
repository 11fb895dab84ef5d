/** Setup codes: an approval given in advance, for whichever device shows the code first (SPEC 4, PROTOCOL 3.6). */
import { randomUUID } from 'node:crypto'
import type { CodeMaker } from '../access/code-maker.ts'
import { DEVICE_TOKEN_PREFIX } from '../access/methods/device-token.ts'
import { knownScopes, type Scope } from '../access/scopes.ts'
import type { Role } from '../access/types.ts'
import { randomText } from '../core/ids.ts'
import { Secret } from '../core/secret.ts'
import type { SetupCode } from './types.ts'

export const SETUP_CODE_MS = 10 * 60 * 1000
const SECRET_BYTES = 32
/** Codes that can be used at once. */
export const MOST_SETUP_CODES = 64

export interface NewSetupCode {
  readonly access: SetupCode['access']
  /** `kind:id` of whoever makes it. */
  readonly by: string
  readonly maker: CodeMaker
  /** When the maker's own approval ends, in milliseconds since the epoch; `null` never. */
  readonly until: number | null
}

/** What each kind of code approves; the role to connect as comes first. */
const GRANTS: Record<
  SetupCode['access'],
  readonly { readonly role: Role; readonly scopes: readonly Scope[] }[]
> = {
  node: [{ role: 'node', scopes: [] }],
  limited: [
    { role: 'node', scopes: [] },
    {
      role: 'operator',
      scopes: knownScopes(['operator.read', 'operator.write', 'operator.approvals']),
    },
  ],
  full: [
    { role: 'node', scopes: [] },
    {
      role: 'operator',
      scopes: knownScopes([
        'operator.read',
        'operator.write',
        'operator.approvals',
        'operator.admin',
      ]),
    },
  ],
}

export function grantsOf(access: SetupCode['access']): SetupCode['grants'] {
  return GRANTS[access]
}

/** `token` is here once and never again. */
export function newSetupCode(
  { access, by, maker, until }: NewSetupCode,
  now: number,
): { readonly token: Secret; readonly code: SetupCode } {
  const token = new Secret(`${DEVICE_TOKEN_PREFIX}${randomText(SECRET_BYTES)}`)
  const code: SetupCode = {
    setupId: randomUUID(),
    digest: token.digest(),
    access,
    grants: GRANTS[access],
    createdAt: now,
    createdBy: by,
    maker,
    approvesUntil: until,
    expiresAt: now + SETUP_CODE_MS,
    usedBy: null,
  }
  return { token, code }
}

/** Over, used or not: a clock that was set back must not bring one back to life, nor give a new one more time. */
export function codeIsOver(code: SetupCode, now: number): boolean {
  if (code.lapsedAt !== undefined || codeHasEnded(code, now)) return true
  return now < code.createdAt - SETUP_CODE_MS
}

export function codeHasEnded({ expiresAt, approvesUntil }: SetupCode, now: number): boolean {
  return now >= expiresAt || (approvesUntil !== null && now >= approvesUntil)
}
