/** Prints devices for people: who waits, who is approved for what, who is connected. */
import { deviceName, scopesInWords, type KnownDevice, type WaitingDevice } from './devices.ts'
import { shortId } from '../core/ids.ts'
import { fromNow, inWords, line } from './output.ts'
import { shortRequestId, type Requests } from './requests.ts'
import { labelled, table } from './table.ts'
import type { Context } from './types.ts'

const WAITING = ['request', 'device', 'name', 'role', 'scopes', 'from', 'waits']
const KNOWN = ['device', 'name', 'role', 'scopes', 'last seen', 'expires', 'rotated']

export function showWaiting(requests: Requests<WaitingDevice>, context: Context): void {
  table(
    context,
    WAITING,
    requests.pending.map((request) => [
      shortRequestId(request, requests),
      shortId(request.deviceId),
      deviceName(request),
      request.role,
      scopesInWords(request.scopes),
      request.remoteIp ?? 'this host',
      request.expiresAtMs === undefined
        ? '-'
        : `another ${inWords(request.expiresAtMs - context.now())}`,
    ]),
  )
}

/** A line for each role: each has scopes, an end and a token of its own. */
export function showKnown(paired: readonly KnownDevice[], context: Context): void {
  const rows = paired.flatMap((device) => rowsOf(device, context.now()))
  table(context, KNOWN, rows)
}

function rowsOf(device: KnownDevice, now: number): readonly (readonly string[])[] {
  const { deviceId, connected, lastSeenAtMs, tokens } = device
  const who = [shortId(deviceId), deviceName(device)]
  const seen = connected ? 'connected now' : fromNow(lastSeenAtMs, now)
  if (tokens.length === 0) return [[...who, 'none', 'none', seen, '-', '-']]
  return tokens.map(({ role, scopes, expiresAtMs, rotatedAtMs }) => [
    ...who,
    role,
    scopesInWords(scopes),
    seen,
    fromNow(expiresAtMs, now),
    fromNow(rotatedAtMs, now),
  ])
}

/** All that an approval gives (R19): what is not shown is not given. */
export function showRequest(request: WaitingDevice, context: Context): void {
  const { deviceId, role, scopes, remoteIp, isRepair } = request
  line(context, `  device  ${deviceName(request)}${isRepair ? ' (it was approved before)' : ''}`)
  line(context, `  key     ${deviceId}`)
  line(context, `  from    ${remoteIp ?? 'this host'}`)
  line(context, `  role    ${role}`)
  labelled(context, '  scopes  ', scopes.length === 0 ? 'none' : scopes.join(', '))
}
