/** Every secret of the taint scan: a value that is like no other, the settings that it fills, and the files in which it may stand. */
import { randomInt } from 'node:crypto'

export interface Taint {
  readonly name: string
  readonly value: string
  /** The part of the value that is looked for: letters and digits (`-`, `_`), found nowhere else. */
  readonly core: string
  /** Settings of the schema that have it as a value, `*` for any name. */
  readonly settings: readonly string[]
  /** Files of the state dir in which its owner wrote it, and copies of those. */
  readonly homes: readonly RegExp[]
}

/** No hexadecimal letters and no capitals: nothing that is redacted for its looks. */
const LETTERS = 'ghjkmnpqrstuvwxyz23456789'
const CORE_LENGTH = 32

export function randomCore(length = CORE_LENGTH, letters = LETTERS): string {
  return Array.from({ length }, () => letters[randomInt(letters.length)]).join('')
}

/** With the copies that `config set` and `recover` keep. */
export const CONFIG = /^(?:recovered\/[^/]+\/)?openclaw\.json/
const DOTENV = /^\.env/
const LOGIN = /^credentials\//
const API_KEYS = /^auth\/api_keys\.json/

interface Making {
  readonly around?: (core: string) => string
  readonly letters?: string
  readonly length?: number
  readonly settings?: readonly string[]
  readonly homes?: readonly RegExp[]
}

function taint(name: string, making: Making = {}): Taint {
  const { around = (core) => core, letters, length, settings = [], homes = [] } = making
  const core = randomCore(length, letters)
  return { name, value: around(core), core, settings, homes }
}

/** One that the gateway made. */
export function madeTaint(name: string, value: string, homes: readonly RegExp[] = []): Taint {
  return { name, value, core: value.replace(/^(?:sk-|ocd_)/, ''), settings: [], homes }
}

const inConfig = (setting: string, around?: Making['around']): Taint =>
  taint(setting, { settings: [setting], homes: [CONFIG], ...(around && { around }) })
const elsewhere = (setting: string, around?: Making['around']): Taint =>
  taint(setting, { settings: [setting], ...(around && { around }) })

/** In places where quoting goes wrong: JSON, addresses, shells and HTML each spell it differently. */
const awkward = (core: string): string => `a"b\\c/d e%f&g+h=<i>'${core}`

export type Secrets = ReturnType<typeof makeSecrets>

/** Made anew for each run. */
export function makeSecrets() {
  return {
    token: inConfig('gateway.auth.token', (core) => `${core}~+/.=`),
    secondary: inConfig('gateway.auth.tokenSecondary'),
    password: inConfig('gateway.auth.password', awkward),
    remoteToken: inConfig('gateway.remote.token'),
    remotePassword: inConfig('gateway.remote.password', awkward),
    discord: elsewhere('channels.discord.token'),
    discordWork: elsewhere('channels.discord.accounts.*.token'),
    telegram: inConfig('channels.telegram.token', (core) => `4242:${core}`),
    telegramHook: inConfig('channels.telegram.webhookSecret'),
    telegramWork: elsewhere('channels.telegram.accounts.*.token', (core) => `4243:${core}`),
    telegramWorkHook: taint('channels.telegram.accounts.*.webhookSecret', {
      settings: ['channels.telegram.accounts.*.webhookSecret'],
      homes: [DOTENV],
    }),
    whatsapp: inConfig('channels.whatsapp.token'),
    whatsappApp: elsewhere('channels.whatsapp.appSecret'),
    whatsappVerify: inConfig('channels.whatsapp.verifyToken'),
    whatsappWork: inConfig('channels.whatsapp.accounts.*.token'),
    whatsappWorkApp: elsewhere('channels.whatsapp.accounts.*.appSecret'),
    whatsappWorkVerify: inConfig('channels.whatsapp.accounts.*.verifyToken'),
    provider: inConfig('models.providers.*.apiKey'),
    store: inConfig('store.url', (core) => `sqlite://someone:${core}@/nowhere`),
    redis: elsewhere('cluster.redis', (core) => `rediss://someone:${core}@redis.invalid:6379`),
    collector: inConfig('telemetry.otlp.headers.*', awkward),
    /** Of a provider, by `openclaw login`. */
    login: taint('login', { around: (core) => `sk-ant-${core}`, homes: [LOGIN] }),
    /** In `.secrets.age`. */
    encrypted: taint('.secrets.age'),
    /** In a `.secrets` that was encrypted afterwards. */
    plainSecrets: taint('.secrets'),
    /** Lost against the environment, and a secret all the same. */
    dotenv: taint('.env', { homes: [DOTENV] }),
    environment: taint('environment', { around: (core) => `sk-${core}` }),
    plainKey: taint('plain API key', { around: (core) => `sk-${core}`, homes: [API_KEYS] }),
    proxy: taint('HTTPS_PROXY', { around: (core) => `http://someone:${core}@proxy.invalid:9` }),
    /** Of an account that is added. */
    added: taint('channels add', { homes: [CONFIG] }),
    wrongToken: taint('a wrong token'),
    wrongPassword: taint('a wrong password', { around: awkward }),
    wrongKey: taint('a wrong API key', { around: (core) => `sk-${core}` }),
    wrongDevice: taint('a wrong device token', { around: (core) => `ocd_${core}` }),
    /** As a number without quotes is written. */
    number: taint('a number in place of a secret', { letters: '23456789', length: 15 }),
    telegramWords: taint('words of a stranger on Telegram'),
    telegramWorkWords: taint('words of a stranger over a webhook'),
    discordWords: taint('words of a stranger on Discord'),
    whatsappWords: taint('words of a stranger on WhatsApp'),
    forgedWords: taint('words of a forged delivery'),
  }
}
