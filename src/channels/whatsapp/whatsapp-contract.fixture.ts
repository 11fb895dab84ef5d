/** For tests: WhatsApp as the contract of networks asks for it. Its Cloud API knows no bots and serves no groups here. */
import { contractRow } from '../contract.fixture.ts'
import { Deliveries } from '../hook-server.fixture.ts'
import type { Button } from '../types.ts'
import { whatsapp } from './index.ts'
import {
  ACCESS_TOKEN,
  APP_SECRET,
  deliveryOf,
  deliveryWith,
  standInSettings,
  whatsappStandIn,
} from './whatsapp-stand-in.fixture.ts'

const ids = { anna: '15550000001', bela: '15550000002' } as const
const MISSING = /missing: .*https:\/\/developers\.facebook\.com/

export const byWebhook = contractRow({
  kind: whatsapp,
  name: 'whatsapp',
  groups: false,
  needs: { token: MISSING, phoneNumberId: MISSING, appSecret: MISSING, verifyToken: MISSING },
  async stand() {
    const standIn = await whatsappStandIn()
    const deliveries = new Deliveries()
    const at = { url: '', next: 1 }
    const deliver = (value: object): void =>
      deliveries.add(() => standIn.post(at.url, value, APP_SECRET))
    const nextId = (): string => `wamid.in${at.next++}`
    return {
      settings: standInSettings(standIn.base),
      network: {
        ids,
        say({ from: name, text }) {
          const id = nextId()
          const from = ids[name]
          const image = { from, id, timestamp: '1', type: 'image', image: { id: '7' } }
          const value =
            text === null
              ? deliveryWith({ messages: [image] })
              : deliveryOf([{ from, text, id, name }])
          deliver(value)
          return id
        },
        babble: () => deliver(echo(nextId())),
        press(by) {
          const shown = standIn.sent.flatMap(({ interactive }) => buttonsIn(interactive)).at(-1)
          const button_reply = { id: shown?.data, title: shown?.label }
          const interactive = { type: 'button_reply', button_reply }
          const message = { from: ids[by], id: nextId(), timestamp: '1', type: 'interactive' }
          deliver(deliveryWith({ messages: [{ ...message, interactive }] }))
        },
        seen: () =>
          standIn.sent.map(({ to, text, interactive }) => ({
            to: to === ids.anna ? 'anna' : 'bela',
            text: text?.body ?? bodyOf(interactive),
            buttons: buttonsIn(interactive),
          })),
        owes: () => deliveries.owed,
        next: (fate) => standIn.refuseNext(FATES[fate]),
        feel: (mood) => standIn.feel(mood),
        cut: () => undefined,
        hook: (url) => void (at.url = url),
        async stop() {
          deliveries.stop()
          await standIn.stop()
        },
      },
    }
  },
})

const FATES = {
  wait: { status: 429, code: 130_429, headers: { 'retry-after': '3' } },
  blocked: { status: 400, code: 131_026 },
  broken: { status: 500, body: `<html>${ACCESS_TOKEN}</html>` },
}

/** Our own words, as WhatsApp tells them to whoever asked for a copy. */
function echo(id: string): object {
  const message = { from: '15550783881', to: ids.anna, id, timestamp: '1', type: 'text' }
  const delivery = deliveryWith({ message_echoes: [{ ...message, text: { body: 'beep' } }] })
  const text = JSON.stringify(delivery).replace(
    '"field":"messages"',
    '"field":"smb_message_echoes"',
  )
  return JSON.parse(text) as object
}

interface Interactive {
  readonly body: { readonly text: string }
  readonly action: {
    readonly buttons: readonly { readonly reply: { readonly id: string; readonly title: string } }[]
  }
}

function bodyOf(interactive: unknown): string {
  return (interactive as Interactive | undefined)?.body.text ?? ''
}

function buttonsIn(interactive: unknown): readonly Button[] {
  const buttons = (interactive as Interactive | undefined)?.action.buttons ?? []
  return buttons.map(({ reply }) => ({ label: reply.title, data: reply.id }))
}
