/** docs/channels.md: every command on it is typed in its order, beside a gateway on stand-ins of Telegram and WhatsApp. */
import { TelegramStandIn } from '../src/channels/telegram/telegram-stand-in.fixture.ts'
import {
  ACCESS_TOKEN,
  APP_SECRET,
  PHONE_NUMBER_ID,
  VERIFY_TOKEN,
  whatsappStandIn,
} from '../src/channels/whatsapp/whatsapp-stand-in.fixture.ts'
import { codeTo, waitFor } from './channels.fixture.ts'
import { followGuide, gatewayBeside } from './guides/guide.fixture.ts'
import type { Place, Step } from './guides/steps.ts'

const telegram = await TelegramStandIn.start()
const whatsapp = await whatsappStandIn()
/** Who is let in, and taken away again at the end of the page. */
const ANNA = 123456789

/** The code that a stranger hears after a first message. */
async function codeOf(id: number): Promise<string> {
  telegram.say({ from: { id }, text: 'hello' })
  const heard = () => telegram.sent.find(({ chatId }) => chatId === String(id))?.text
  await waitFor(() => void codeTo(heard()))
  return codeTo(heard())
}

/** The addresses of the networks, and nothing else. */
const CONFIG = {
  channels: { telegram: { apiBase: telegram.apiBase }, whatsapp: { apiBase: whatsapp.base } },
}

async function opens(place: Place): Promise<void> {
  place.afterwards(() => Promise.all([telegram.stop(), whatsapp.stop()]))
  await gatewayBeside(place, CONFIG)
}

const STEPS: readonly Step[] = [
  {
    line: 'openclaw channels add telegram --token -     # the token of @BotFather, on standard input',
    input: `${telegram.token}\n`,
    says: /channels\.telegram\.token/,
  },
  {
    line: 'openclaw channels status --probe             # connected, and as whom',
    soon: true,
    says: /Telegram +default +connected [^]*we are @claw_bot there/,
  },
  {
    line: 'openclaw channels add whatsapp --token - --app-secret - --verify-token - --phone-number-id 1234567890',
    fill: { '1234567890': PHONE_NUMBER_ID },
    input: `${ACCESS_TOKEN}\n${APP_SECRET}\n${VERIFY_TOKEN}\n`,
    says: /channels\.whatsapp\.token/,
  },
  {
    before: async () => void (await codeOf(ANNA)),
    line: 'openclaw pairing list                              # who asks, and who may write',
    says: new RegExp(`telegram .*${ANNA}`),
  },
  {
    line: 'openclaw pairing approve telegram ABC234           # for good; --expires 30d for a while',
    fill: { ABC234: () => codeOf(ANNA) },
    says: new RegExp(`${ANNA}`),
  },
  {
    line: 'openclaw pairing reject telegram ABC234',
    fill: { ABC234: () => codeOf(666) },
    says: /on telegram stays out/,
  },
  {
    line: 'openclaw pairing invite telegram --for Anna        # a code that Anna sends to your bot',
    says: /Anna/,
  },
  {
    line: 'openclaw pairing invite whatsapp +1234567890       # let in by the id, before they write',
    says: /1234567890/,
  },
  { line: 'openclaw pairing revoke telegram 123456789', says: /on telegram may write no more/ },
  {
    line: 'openclaw config set session.dmScope per-channel-peer',
    says: /session\.dmScope set/,
  },
]

followGuide({ page: 'docs/channels.md', steps: STEPS, opens })
