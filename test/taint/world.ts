/** Where the taint scan takes place: networks that are stand-ins, a vault, a state dir, and everything that is heard of it. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import { startDiscordStandIn } from '../../src/channels/discord/discord-stand-in.fixture.ts'
import { TelegramStandIn } from '../../src/channels/telegram/telegram-stand-in.fixture.ts'
import {
  PHONE_NUMBER_ID,
  whatsappStandIn,
} from '../../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import { makeStateDir } from '../gateway.ts'
import type { Secrets } from './secrets.ts'

export const WORK_NUMBER = '106540352242923'

export type World = Awaited<ReturnType<typeof makeWorld>>

export async function makeWorld(secrets: Secrets) {
  const networks = await startNetworks(secrets)
  const place = mkdtempSync(join(tmpdir(), 'openclaw-taint-'))
  const at = (...names: readonly string[]): string => join(place, ...names)
  for (const name of ['vault', 'tmp', 'elsewhere']) mkdirSync(at(name), { mode: 0o700 })
  makeVault(at('vault'), secrets)
  const config = configOf(secrets, networks, at('vault'))
  const dir = makeStateDir({
    config,
    files: {
      '.env': `TAINT_HOOK=${secrets.telegramWorkHook.value}\nOPENAI_API_KEY=sk-${secrets.dotenv.value}\n`,
      '.secrets': `TAINT_PLAIN=${secrets.whatsappWorkApp.value}\nTAINT_IDLE=${secrets.plainSecrets.value}\n`,
      'auth/api_keys.json': JSON.stringify({
        keys: [{ id: 'plain', key: secrets.plainKey.value, permissions: ['read'] }],
      }),
    },
  })
  return {
    dir,
    place,
    config,
    networks,
    elsewhere: at('elsewhere'),
    temporary: at('tmp'),
    /** Command lines of the gateway's other children while it asked the vault. */
    seenInVault: () => readFileSync(at('vault', 'seen'), 'utf8'),
    env: {
      TMPDIR: at('tmp'),
      TAINT_TELEGRAM: secrets.telegramWork.value,
      OPENAI_API_KEY: secrets.environment.value,
      HTTPS_PROXY: secrets.proxy.value,
      HTTP_PROXY: secrets.proxy.value,
    },
  }
}

/** A file, and a program that looks at what its parent and its siblings were started with. */
function makeVault(dir: string, { discord, discordWork }: Secrets): void {
  writeFileSync(join(dir, 'discord'), discord.value)
  writeFileSync(join(dir, 'work'), `${discordWork.value}\n`, { mode: 0o600 })
  const program = [
    '#!/bin/sh',
    `for one in /proc/[0-9]*; do if grep -qs "^PPid:[^0-9]*$PPID$" $one/status; then tr '\\0' ' ' < $one/cmdline; fi; done >> ${dir}/seen`,
    `echo "this is how it goes wrong: $(cat ${dir}/discord)" >&2`,
    `exec cat ${dir}/discord`,
  ]
  writeFileSync(join(dir, 'ask'), `${program.join('\n')}\n`)
  chmodSync(join(dir, 'ask'), 0o700)
}

async function startNetworks(secrets: Secrets) {
  return {
    telegram: await TelegramStandIn.start(secrets.telegram.value),
    telegramWork: await TelegramStandIn.start(secrets.telegramWork.value),
    discord: await startDiscordStandIn({ token: secrets.discord.value }),
    discordWork: await startDiscordStandIn({ token: secrets.discordWork.value }),
    whatsapp: await whatsappStandIn(PHONE_NUMBER_ID, secrets.whatsapp.value),
    whatsappWork: await whatsappStandIn(WORK_NUMBER, secrets.whatsappWork.value),
    collector: await startCarelessCollector(),
  }
}

/** Keeps the traces; refuses every second batch, and repeats what it was sent. */
async function startCarelessCollector() {
  const bodies: string[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      bodies.push(body)
      response.writeHead(bodies.length % 2 === 0 ? 400 : 200, 'as the test wants it')
      response.end(JSON.stringify(request.headers))
    })
  })
  await new Promise<void>((listening) => void server.listen(0, '127.0.0.1', listening))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async stop(): Promise<void> {
      server.closeAllConnections()
      await new Promise((closed) => void server.close(closed))
    },
  }
}

type Networks = Awaited<ReturnType<typeof startNetworks>>

function configOf(secrets: Secrets, networks: Networks, vault: string) {
  const s = Object.fromEntries(Object.entries(secrets).map(([name, { value }]) => [name, value]))
  return {
    gateway: {
      auth: {
        mode: 'token',
        token: s['token'],
        tokenSecondary: s['secondary'],
        password: s['password'],
        rateLimit: { maxAttempts: 100 },
      },
      remote: { url: 'ws://127.0.0.1:1', token: s['remoteToken'], password: s['remotePassword'] },
    },
    security: { apiKeys: { enabled: true } },
    channels: {
      discord: {
        apiBase: networks.discord.apiBase,
        token: { source: 'exec', id: `${vault}/ask` },
        accounts: {
          work: {
            apiBase: networks.discordWork.apiBase,
            token: { source: 'file', id: `${vault}/work` },
          },
        },
      },
      telegram: {
        apiBase: networks.telegram.apiBase,
        token: s['telegram'],
        webhookSecret: s['telegramHook'],
        accounts: {
          work: {
            apiBase: networks.telegramWork.apiBase,
            token: { source: 'env', id: 'TAINT_TELEGRAM' },
            webhookUrl: 'https://claw.example.com',
            webhookSecret: '${TAINT_HOOK}',
          },
        },
      },
      whatsapp: {
        apiBase: networks.whatsapp.base,
        phoneNumberId: PHONE_NUMBER_ID,
        token: s['whatsapp'],
        appSecret: { source: 'env', id: 'TAINT_APP' },
        verifyToken: s['whatsappVerify'],
        accounts: {
          work: {
            apiBase: networks.whatsappWork.base,
            phoneNumberId: WORK_NUMBER,
            token: s['whatsappWork'],
            appSecret: '${TAINT_PLAIN}',
            verifyToken: s['whatsappWorkVerify'],
          },
        },
      },
    },
    models: { providers: { other: { apiKey: s['provider'], baseUrl: 'https://model.invalid' } } },
    store: { url: s['store'] },
    telemetry: {
      otlp: { endpoint: networks.collector.endpoint, headers: { 'x-key': s['collector'] } },
    },
  }
}
