/** Makes the identity that opens `.secrets.age`: once, readable by its owner alone, outside version control (SPEC 8). */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeIdentity } from './age.ts'
import { no, type No, type SecretsPlace } from './secrets-store.ts'
import { repositoryAbove } from './version-control.ts'

export type Made = { readonly kind: 'made'; readonly recipient: string } | No

/** `now`: milliseconds since the epoch. Whatever is there stays. */
export async function initSecrets(place: SecretsPlace, now: number): Promise<Made> {
  const { host, identity, paths } = place
  if (existsSync(identity))
    return no(`${identity} is there already, and stays: what was encrypted to it needs it`)
  if (existsSync(paths.sealed))
    return no(
      `${paths.sealed} was encrypted to an identity that is not at ${identity}: put that one there; a new one could not open it`,
    )
  const repository = repositoryAbove(dirname(identity))
  if (repository !== null)
    return no(
      `${identity} would be under version control (${repository}): choose another place with \`openclaw config set secrets.identity <path>\``,
    )
  const folder = await host.makeFolder(dirname(identity))
  if (folder.kind === 'failed') return no(folder.why)
  const { text, recipient } = await makeIdentity(now)
  const made = await host.make(identity, text)
  if (made.kind === 'failed') return no(made.why)
  const written = await host.read(identity)
  return written.kind === 'text' && written.text === text
    ? { kind: 'made', recipient }
    : no(`somebody else made ${identity} at the same time: that one counts`)
}
