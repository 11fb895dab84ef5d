/** The calls about who asks and who may come in. What is approved is named by the id of the request, never by a name. */
import type { Answer, Ask } from './api.ts'
import type { StreamEvent } from './event-stream.ts'
import type { Everybody, Sender } from './people.ts'
import { parseDevices, parseNetworks, parseSenderAnswered, parseSenders } from './people-wire.ts'

export interface Invitation extends Omit<Sender, 'name'> {
  /** `never`, `7d`. */
  readonly expires: string
}

export interface PeopleApi {
  /** `changed` each time that the lists should be read; ends by itself now and then. */
  changes(signal: AbortSignal): Promise<Answer<AsyncIterable<StreamEvent>>>
  everybody(): Promise<Answer<Everybody>>
  answerSender(requestId: string, decision: Decision): Promise<Answer<SenderAnswered>>
  answerDevice(requestId: string, decision: Decision): Promise<Answer<null>>
  invite(invitation: Invitation): Promise<Answer<null>>
  revoke(sender: Omit<Sender, 'name'>): Promise<Answer<null>>
}

export type Decision = 'approve' | 'reject'

export interface SenderAnswered {
  /** The gateway tells them in the chat that they are let in. */
  readonly told: boolean
}

export interface PeopleCalls {
  readonly read: <Value>(ask: Ask, parse: (json: unknown) => Value) => Promise<Answer<Value>>
  readonly stream: (ask: Ask) => Promise<Answer<AsyncIterable<StreamEvent>>>
}

const CHANGES = '/api/v1/pairing/changes?seconds=300'
const SENDERS = '/api/v1/senders'
const DEVICES = '/api/v1/devices'
const NOTHING = () => null

export function peopleApi({ read, stream }: PeopleCalls): PeopleApi {
  const post = (path: string, body: object) => read({ method: 'POST', path, body }, NOTHING)
  return {
    changes: (signal) => stream({ method: 'GET', path: CHANGES, signal }),
    async everybody() {
      const [senders, devices, networks] = await Promise.all([
        read({ method: 'GET', path: SENDERS }, parseSenders),
        read({ method: 'GET', path: DEVICES }, parseDevices),
        read({ method: 'GET', path: '/api/v1/channels' }, parseNetworks),
      ])
      if (senders.kind !== 'ok') return senders
      if (devices.kind !== 'ok') return devices
      // Who may decide, and not read, sees no networks.
      const seen = networks.kind === 'ok' ? networks.value : []
      return { kind: 'ok', value: { ...senders.value, devices: devices.value, networks: seen } }
    },
    answerSender(requestId, decision) {
      const path = `${SENDERS}/${decision === 'approve' ? 'approve' : 'dismiss'}`
      return read({ method: 'POST', path, body: { requestId } }, parseSenderAnswered)
    },
    answerDevice: (requestId, decision) =>
      post(`${DEVICES}/requests/${encodeURIComponent(requestId)}/${decision}`, {}),
    invite: ({ channel, account, id, expires }) =>
      post(SENDERS, { channel, account, sender: id, expires }),
    revoke({ channel, account, id }) {
      const [where, who, whose] = [channel, id, account].map(encodeURIComponent)
      return read(
        { method: 'DELETE', path: `${SENDERS}/${where}/${who}?account=${whose}` },
        NOTHING,
      )
    },
  }
}
