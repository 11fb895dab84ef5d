/** Where a setup code is shown: at the first of its addresses that answers, and at none where others could read it on the way. */
import { z } from 'zod'
import { jsonOf } from '../core/json.ts'
import type { SetupCode } from '../node-host/setup-code.ts'
import { text } from './arguments.ts'
import { printable, problem } from './output.ts'
import { mayCarrySecret } from './targets.ts'
import type { Arguments, Context } from './types.ts'
import { openSocket } from './wire-socket.ts'

export type CodeAddress =
  | { readonly kind: 'address'; readonly url: URL }
  /** At none of these, and there are several. */
  | { readonly kind: 'nobody'; readonly urls: readonly [URL, ...URL[]] }
  | { readonly kind: 'wrong'; readonly message: string }

const PROBE_MS = 3_000
const CHALLENGE = z.object({ event: z.literal('connect.challenge') })
const ANOTHER = '`openclaw qr --public-url wss://…` on the gateway’s host makes a code with that'

/** `--url` names one of its gateway's addresses in place of all that the code has. */
export async function addressFor(
  { urls }: SetupCode,
  args: Arguments,
  context: Context,
): Promise<CodeAddress> {
  const named = text(args, 'url')
  const all = (named === undefined ? urls : [named]).flatMap(addressAt)
  if (all.length === 0) return wrong(named === undefined ? NO_ADDRESS : NO_URL)
  const [first, ...others] = all.filter(mayCarrySecret)
  const open = all.filter((url) => !mayCarrySecret(url)).map(({ host }) => host)
  if (first === undefined) {
    const next = named === undefined ? ANOTHER : 'name such an address with --url'
    return wrong(
      `the setup code would travel unencrypted to ${open.join(' and ')}; use https:// or wss://: ${next}`,
    )
  }
  for (const host of open)
    problem(context, `warning: ${host} is left out: the setup code would travel there unencrypted`)
  return others.length === 0
    ? { kind: 'address', url: first }
    : reached([first, ...others], context)
}

const NO_ADDRESS = `no address in this setup code begins with wss://, ws://, https:// or http://: ${ANOTHER}`
const NO_URL =
  '--url must begin with https://, wss://, http:// or ws://, and hold no user, password or query'

function addressAt(given: string): readonly URL[] {
  const url = URL.parse(given.replace(/^ws/i, 'http'))
  if (url === null || !/^https?:$/.test(url.protocol)) return []
  const bare = url.username === '' && url.password === '' && url.search === ''
  return bare ? [url] : []
}

/** A code names every address that its gateway has: not all of them reach it from here, and some reach somebody else. */
async function reached(urls: readonly [URL, ...URL[]], context: Context): Promise<CodeAddress> {
  for (const url of urls) {
    const why = await whyNot(url)
    if (why === null) return { kind: 'address', url }
    context.stderr(printable(`no gateway answers at ${url.origin}: ${why}`) + '\n')
  }
  return { kind: 'nobody', urls }
}

/** Comes with nothing in hand, hears whether a gateway speaks, and goes. `null`: it does. */
function whyNot(url: URL): Promise<string | null> {
  return new Promise((resolve) => {
    const end = (why: string | null): void => {
      clearTimeout(timer)
      socket.close(1000, 'only looked')
      resolve(why)
    }
    const timer = setTimeout(() => end(`no word within ${PROBE_MS / 1000} s`), PROBE_MS)
    const target = { kind: 'address', url, credential: null, thisHost: false } as const
    const socket = openSocket(target, {
      open() {},
      message: (frame) =>
        end(CHALLENGE.safeParse(jsonOf(frame)).success ? null : 'another program does'),
      error: (error) => end(inWords(error)),
      turnedAway: (status) => end(`HTTP ${status}`),
      close: () => end('it closed the connection'),
    })
  })
}

/** What OpenSSL says of a port without TLS are the places in its own source. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be reached'
  const noTls = 'code' in error && /^(EPROTO|ERR_SSL_)/.test(String(error.code))
  return noTls ? 'no TLS is spoken there' : error.message
}

function wrong(message: string): Extract<CodeAddress, { kind: 'wrong' }> {
  return { kind: 'wrong', message }
}
