/** What the wizard asks, section by section. Kinds, defaults and explanations are the schema's own. */
import { parseKeyPath, type KeyPath } from '../../config/key-path.ts'

/** Asked only where it holds, given what is set and what was answered so far. */
type When = (value: (key: string) => unknown) => boolean

export interface Asked {
  readonly path: KeyPath
  readonly when: When
  /** What is suggested where nothing is set, in place of the schema's default. */
  readonly suggestion: 'new token' | null
}

export interface Section {
  readonly name: SectionName
  readonly title: string
  readonly asked: readonly Asked[]
}

export const SECTION_NAMES = ['gateway', 'auth', 'channels', 'devices', 'sessions'] as const
export type SectionName = (typeof SECTION_NAMES)[number]

const mode =
  (...modes: readonly string[]): When =>
  (value) =>
    modes.includes(String(value('gateway.auth.mode')))

export const SECTIONS: readonly Section[] = [
  {
    name: 'gateway',
    title: 'Where the gateway listens',
    asked: [
      ask('gateway.port'),
      ask('gateway.bind'),
      ask('gateway.customBindHost', (value) => value('gateway.bind') === 'custom'),
      ask('gateway.trustedProxies'),
      ask('gateway.tailscale.mode'),
    ],
  },
  {
    name: 'auth',
    title: 'Who may come in',
    asked: [
      ask('gateway.auth.mode'),
      ask('gateway.auth.token', mode('token'), 'new token'),
      ask('gateway.auth.password', mode('password')),
      ask('gateway.auth.trustedProxy.userHeader', mode('trusted-proxy')),
      ask('gateway.auth.trustedProxy.allowUsers', mode('trusted-proxy')),
      ask('gateway.auth.tailscale'),
      ask('security.apiKeys.enabled'),
    ],
  },
  {
    name: 'channels',
    title: 'Chat networks; leave a token empty where you do not use one',
    asked: [
      ...network('telegram', []),
      ...network('discord', []),
      ...network('whatsapp', ['phoneNumberId', 'appSecret', 'verifyToken']),
    ],
  },
  {
    name: 'devices',
    title: 'Devices that ask to be paired',
    asked: [
      ask('security.pairingRequired'),
      ask('security.autoApprove'),
      ask('security.pairingTimeout'),
      ask('security.maxPendingPairings'),
    ],
  },
  {
    name: 'sessions',
    title: 'Which senders share a conversation',
    asked: [ask('session.dmScope')],
  },
]

/** Nothing more is asked about a network without a token. */
function network(name: string, more: readonly string[]): readonly Asked[] {
  const used: When = (value) => value(`channels.${name}.token`) !== undefined
  const locked: When = (value) => used(value) && value(`channels.${name}.dmPolicy`) === 'locked'
  return [
    ask(`channels.${name}.token`),
    ...more.map((key) => ask(`channels.${name}.${key}`, used)),
    ask(`channels.${name}.dmPolicy`, used),
    ask(`channels.${name}.allowFrom`, locked),
  ]
}

function ask(key: string, when: When = () => true, suggestion: Asked['suggestion'] = null): Asked {
  const path = parseKeyPath(key)
  if (path === null) throw new Error(`${key} is no key`)
  return { path, when, suggestion }
}
