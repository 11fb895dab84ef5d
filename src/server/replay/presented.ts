/** The credentials of a recorded request: fingerprints, and what stands for them. */
import type { Credential, MethodName, PresentedClass } from '../../access/types.ts'
import type { StoredRequest } from '../../record/entries.ts'
import type { Open, ShownParts } from './open-facts.ts'

const CLASS_OF: Readonly<Partial<Record<MethodName, PresentedClass>>> = {
  session: 'session',
  'device-token': 'device',
  'bootstrap-token': 'device',
  token: 'shared',
  password: 'shared',
  'api-key': 'api-key',
}

/** A string that was presented. */
interface PresentedOne {
  readonly cls: PresentedClass
  readonly fingerprint: string
  /** Of a cookie: whether its proof was right, as far as the line says. */
  readonly proof: 'right' | 'wrong' | 'open'
}

/** Every string that was presented has its fingerprint in the line, right or wrong. */
export function credentialsIn(
  { trace, failures }: StoredRequest,
  { secretOf }: ShownParts,
): Open<readonly Credential[]> {
  const right = trace.flatMap(({ step, verdict, reason, detail }): readonly PresentedOne[] => {
    const cls = CLASS_OF[step as MethodName]
    const [fingerprint] = /^(?:sha256|hmac):[0-9a-f]{8}/.exec(detail ?? '') ?? []
    const counts = verdict === 'accept' || reason === 'token_browned_out'
    if (cls === undefined || fingerprint === undefined || !counts) return []
    return [{ cls, fingerprint, proof: 'right' }]
  })
  const wrong = failures.flatMap(
    ({ class: name, fingerprint, reason }): readonly PresentedOne[] => {
      const cls = CLASSES.find((one) => one === name)
      return cls === undefined ? [] : [{ cls, fingerprint, proof: proofBy(reason) }]
    },
  )
  const all = [...wrong, ...right]
  const as = (proven: boolean): readonly Credential[] =>
    all.map(({ cls, fingerprint, proof }) => {
      const secret = secretOf(cls, fingerprint)
      const holds = proof === 'right' || (proof === 'open' && proven)
      return { class: cls, secret, sources: ['the record'], proof: holds ? secret : null }
    })
  const open = all.some(({ proof }) => proof === 'open')
  return {
    what: 'whether the proof beside the cookie was right',
    values: open ? [as(false), as(true)] : [as(true)],
  }
}

const CLASSES: readonly PresentedClass[] = ['shared', 'device', 'api-key', 'session']

/** Of a session: what was wrong with it tells of its proof, unless it was never looked at. */
function proofBy(reason: string): PresentedOne['proof'] {
  if (reason === 'session_expired' || reason === 'session_secret_gone') return 'right'
  return reason === 'session_unknown' ? 'wrong' : 'open'
}
