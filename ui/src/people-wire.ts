/** The lists of who asks and who may come in, checked where they arrive. */
import type { SenderAnswered } from './people-api.ts'
import type { DeviceAsking, NetworkAccount, SenderAllowed, SenderAsking } from './people.ts'
import { list, members, text, UnexpectedAnswer } from './wire.ts'

export function parseSenders(answer: unknown): {
  readonly asking: readonly SenderAsking[]
  readonly allowed: readonly SenderAllowed[]
} {
  const { requests, approved } = members(answer)
  const live = list(approved).filter((one) => members(one)['ended'] !== true)
  return { asking: list(requests).map(senderAsking), allowed: live.map(senderAllowed) }
}

export function parseSenderAnswered(answer: unknown): SenderAnswered {
  return { told: members(answer)['told'] === true }
}

export function parseDevices(answer: unknown): readonly DeviceAsking[] {
  return list(members(answer)['pending']).map((one) => {
    const asked = members(one)
    const said = [asked['clientId'], asked['clientMode'], asked['platform']]
    return {
      requestId: text(asked['requestId'], 'requestId'),
      deviceId: text(asked['deviceId'], 'deviceId'),
      name: textOr(asked['displayName'], ''),
      client: said.filter((word) => typeof word === 'string').join(', '),
      role: text(asked['role'], 'role'),
      scopes: list(asked['scopes']).map((scope) => text(scope, 'scope')),
      address: textOr(asked['remoteIp'], ''),
      again: asked['isRepair'] === true,
      askedAt: time(asked['ts'], 'ts'),
      lapsesAt: time(asked['expiresAtMs'], 'expiresAtMs'),
    }
  })
}

export function parseNetworks(answer: unknown): readonly NetworkAccount[] {
  const { channelOrder, channelLabels, channelAccounts } = members(answer)
  return list(channelOrder).flatMap((id) => {
    const channel = text(id, 'channel')
    return list(members(channelAccounts)[channel]).map((one) => {
      const { accountId, connected, running, lastError, waiting } = members(one)
      return {
        channel,
        label: textOr(members(channelLabels)[channel], channel),
        account: text(accountId, 'accountId'),
        connected: connected === true,
        running: running === true,
        problem: typeof lastError === 'string' ? lastError : null,
        waiting: typeof waiting === 'number' ? waiting : 0,
      }
    })
  })
}

function senderAsking(one: unknown): SenderAsking {
  const { requestId, code, entry, createdAt, expiresAt } = members(one)
  return {
    ...sender(one),
    requestId: text(requestId, 'requestId'),
    code: text(code, 'code'),
    entry: typeof entry === 'string' ? entry : null,
    askedAt: time(createdAt, 'createdAt'),
    lapsesAt: time(expiresAt, 'expiresAt'),
  }
}

function senderAllowed(one: unknown): SenderAllowed {
  const { expiresAt } = members(one)
  return { ...sender(one), until: expiresAt === null ? null : time(expiresAt, 'expiresAt') }
}

function sender(one: unknown) {
  const { channel, accountId, senderId, displayName } = members(one)
  return {
    channel: text(channel, 'channel'),
    account: text(accountId, 'accountId'),
    id: text(senderId, 'senderId'),
    name: textOr(displayName, ''),
  }
}

function textOr(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise
}

function time(value: unknown, what: string): number {
  if (typeof value !== 'number') throw new UnexpectedAnswer(what)
  return value
}
