/** Whether a live connection would still be let in, as who it is and with what it may (SPEC 1, R44, R45). */
import { screen } from '../../access/screen.ts'
import { evidenceFrom } from '../evidence.ts'
import { judgeAgain } from '../identify.ts'
import { covers } from '../covers.ts'
import { connectEvidence } from './connect-evidence.ts'
import type { LiveConnection } from './live-connection.ts'

/** `false` when anything it rests on is gone: the credential, the person, a scope, the proxy, the origin. */
export async function stillAllowed({
  upgraded,
  admitted,
  decision,
  parts,
}: Pick<LiveConnection, 'upgraded' | 'admitted' | 'decision' | 'parts'>): Promise<boolean> {
  const { gateway } = parts
  const { request, connection } = upgraded
  const collected = evidenceFrom(request, { connection, transport: 'websocket' }, gateway.network())
  if (collected.kind === 'malformed') return false

  const evidence = connectEvidence(collected.evidence, admitted.asked, request.headers.cookie)
  if (screen(evidence, gateway.access().policy, 'operation') !== null) return false
  return covers(await judgeAgain(evidence, connection, gateway), decision.principal)
}
