/** The two shapes of an authentication method, and the words it answers with. */
import type { Locality } from '../locality.ts'
import type { Reason } from '../reasons.ts'
import type {
  Access,
  Credential,
  CredentialClass,
  Evidence,
  Facts,
  MethodName,
  Principal,
  Verdict,
} from '../types.ts'

/** Judges a string that the caller presented. */
export interface PresentedMethod {
  readonly name: MethodName
  readonly class: Credential['class']
  verify(credential: Credential, scene: Scene, now: number): Verdict
}

/** Judges what the edge observed: who the socket, a proxy or Tailscale says it is. */
export interface AmbientMethod {
  readonly name: MethodName
  /** `null`: nothing to guess, nothing to count. */
  readonly class: CredentialClass | null
  verify(scene: Scene): Verdict | { readonly kind: 'need'; readonly fact: 'peerOwner' | 'tailnet' }
}

export interface Scene {
  readonly evidence: Evidence
  readonly facts: Facts
  readonly access: Access
  readonly local: Locality
}

export const ABSTAIN: Verdict = { kind: 'abstain' }

export function accept(principal: Principal): Verdict {
  return { kind: 'accept', principal }
}

export function reject(reason: Reason, detail?: string): Verdict {
  return detail === undefined ? { kind: 'reject', reason } : { kind: 'reject', reason, detail }
}
