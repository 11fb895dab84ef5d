/** For tests: a `tailscale` command on a PATH of its own, which writes down how it was called. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface StandIn {
  readonly dir: string
  /** The PATH on which it is found. */
  readonly path: string
  /** The arguments of every call so far, in order. */
  calls(): readonly string[]
  remove(): void
}

/** `script`: what the command does, in `sh`; `$DIR` is a folder that it may keep things in. */
export function standIn(script: string): StandIn {
  const dir = mkdtempSync(join(tmpdir(), 'tailscale-'))
  const command = join(dir, 'tailscale')
  const calls = join(dir, 'calls')
  writeFileSync(calls, '')
  writeFileSync(command, `#!/bin/sh\nDIR='${dir}'\necho "$*" >> '${calls}'\n${script}\n`)
  chmodSync(command, 0o755)
  return {
    dir,
    path: `${dir}:/usr/bin:/bin`,
    calls: () => readFileSync(calls, 'utf8').split('\n').slice(0, -1),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  }
}

/** What `whois` answers for the machine of a person, in the documented shape. */
export function whoisAnswer(
  login: string,
  { tags }: { readonly tags?: readonly string[] } = {},
): string {
  return JSON.stringify({
    Node: {
      ID: 7,
      StableID: 'n7CNTRL',
      Name: 'phone.tail1.ts.net.',
      Addresses: ['100.64.0.7/32'],
      Tags: tags,
    },
    UserProfile: { ID: 1, LoginName: login, DisplayName: 'Alice', ProfilePicURL: '' },
    CapMap: {},
  })
}
