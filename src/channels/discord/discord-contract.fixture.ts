/** For tests: Discord as the contract of networks asks for it. */
import { Secret } from '../../core/secret.ts'
import { contractRow } from '../contract.fixture.ts'
import type { Button } from '../types.ts'
import { ANNA, ROOM, SERVER, TOKEN } from './discord-account.fixture.ts'
import { BOT, startDiscordStandIn, type Person } from './discord-stand-in.fixture.ts'
import { discord } from './index.ts'

const people: Readonly<Record<'anna' | 'bela', Person>> = {
  anna: ANNA,
  bela: { id: '200000000000000002', username: 'bela' },
}
/** A direct message is a channel of its own. */
const channels = { anna: '300000000000000011', bela: '300000000000000012' } as const
const MENTION = { mentions: [BOT] }

export const overGateway = contractRow({
  kind: discord,
  name: 'discord',
  groups: true,
  needs: { token: /no token: .*https:\/\/discord\.com\/developers/ },
  async stand() {
    const standIn = await startDiscordStandIn({ token: TOKEN })
    standIn.gateway.heartbeatMs = 20
    const from = people.anna
    return {
      settings: { token: new Secret(TOKEN), apiBase: standIn.apiBase },
      network: {
        ids: { anna: people.anna.id, bela: people.bela.id },
        say({ from: name, text, group }) {
          const place =
            group === undefined ? { channelId: channels[name] } : { channelId: ROOM, guild: SERVER }
          const more = group === 'to us' ? { more: MENTION } : {}
          return standIn.say({ from: people[name], text: text ?? '', ...place, ...more })
        },
        babble() {
          const other = { id: '900000000000000002', username: 'other', bot: true }
          const place = { channelId: ROOM, guild: SERVER }
          standIn.say({ from: BOT, text: 'beep', channelId: channels.anna })
          standIn.say({ from: other, text: 'beep', ...place, more: MENTION })
          standIn.say({ from, text: 'beep', ...place, more: { ...MENTION, webhook_id: '7' } })
        },
        press: (by) => {
          const shown = standIn.sent.flatMap(({ body }) => buttonsIn(body)).at(-1)
          standIn.press({ from: people[by], data: shown?.data ?? '', channelId: channels[by] })
        },
        seen: () =>
          standIn.sent.map(({ channelId, content, body }) => ({
            to: channelId === channels.anna ? 'anna' : 'bela',
            text: content,
            buttons: buttonsIn(body),
          })),
        owes: () => standIn.gateway.owed,
        next(fate) {
          if (fate === 'wait') standIn.rateLimitNext(3)
          else standIn.failNext(1, fate === 'blocked' ? 403 : 502, fate === 'blocked' ? 50007 : 0)
        },
        feel: (mood) => standIn.feel(mood),
        cut: () => standIn.dropConnections(),
        hook: () => undefined,
        stop: () => standIn.stop(),
      },
    }
  },
})

interface Component {
  readonly label: string
  readonly custom_id: string
}

function buttonsIn(body: Readonly<Record<string, unknown>>): readonly Button[] {
  const rows = (body['components'] ?? []) as readonly { readonly components: Component[] }[]
  return rows
    .flatMap(({ components }) => components)
    .map(({ label, custom_id: data }) => ({ label, data }))
}
