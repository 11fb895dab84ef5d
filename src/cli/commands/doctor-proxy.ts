/** `openclaw doctor proxy`: what a stranger can forge through the public address, tried out (SPEC 14.4). */
import { flag, list, text } from '../arguments.ts'
import { timeoutOf } from '../client.ts'
import { json, line, paintedLine, printable, problem, style } from '../output.ts'
import { judgeProxy } from '../probe-proxy/judge.ts'
import type { Tries, Verdict } from '../probe-proxy/verdict.ts'
import { REQUESTS, sendProbe, triesOf } from '../probe-proxy/probe.ts'
import { readShape, startedShape } from '../probe-proxy/types.ts'
import type { Headers } from '../probe-proxy/forged.ts'
import { answered } from '../show-answer.ts'
import { findingView, showFindings, summaryOf } from '../show-findings.ts'
import { EXIT, type Arguments, type Command, type Context } from '../types.ts'

export const doctorProxy: Command = {
  name: 'doctor proxy',
  summary: 'Try what a stranger can forge through the proxy in front of this gateway.',
  arguments: [],
  options: [
    { flags: '--url <url>', description: 'the public address, as people type it: https://…' },
    {
      flags: '--header <line>',
      description:
        'what the proxy wants before it passes anything on, as `Name: value`; may be repeated',
      repeat: true,
    },
    { flags: '--timeout <seconds>', description: 'how long to wait for each answer' },
  ],
  examples: [
    {
      line: 'openclaw doctor proxy --url https://claw.example.com',
      does: 'sends six requests there, and says which forged headers arrive; exits 1 where one matters',
    },
  ],
  run,
}

/** Six of them, one after the other, end before the gateway’s minute does. */
const TIMEOUT_MS = 8000

async function run(args: Arguments, context: Context): Promise<number> {
  const url = URL.parse((text(args, 'url') ?? '').replace(/^ws/, 'http'))
  const headers = headersOf(list(args, 'header'))
  if (url === null || !/^https?:$/.test(url.protocol))
    return usage('--url <https://…> is needed', context)
  if (headers === null) return usage('--header is written `Name: value`', context)
  const timeout = timeoutOf(args, TIMEOUT_MS)
  if (timeout.kind === 'wrong') return usage(timeout.message, context)

  // This host's gateway is asked, by its owner: `--url` is where the forged requests go.
  const owner: Arguments = { ...args, options: { ...args.options, url: undefined } }
  const begun = await answered(
    { method: 'proxy-probe.start', params: { requests: REQUESTS }, shape: startedShape },
    owner,
    context,
  )
  if (begun.kind === 'exit') return begun.code
  const { probe, marker, settings } = begun.value
  const answers = await sendProbe(begun.value, { url, headers, timeoutMs: timeout.value })
  const read = await answered(
    { method: 'proxy-probe.read', params: { probe }, shape: readShape },
    owner,
    context,
  )
  if (read.kind === 'exit') return read.code
  const tries = triesOf(answers, read.value.sightings)
  const verdicts = judgeProxy({ url, settings, forgedAddress: marker.address, tries })
  return show({ url, tries, verdicts, asJson: flag(args, 'json') }, context)
}

interface Shown {
  readonly url: URL
  readonly tries: Tries
  readonly verdicts: readonly Verdict[]
  readonly asJson: boolean
}

function show({ url, tries, verdicts, asJson }: Shown, context: Context): number {
  const findings = verdicts.flatMap((one) => (one.kind === 'finding' ? [one.finding] : []))
  const good = verdicts.flatMap((one) => (one.kind === 'good' ? [one.what] : []))
  if (asJson) {
    json(context, { url: url.origin, findings: findings.map(findingView), good, tries })
  } else {
    const paint = style(context)
    for (const what of good) paintedLine(context, `${paint.green('ok')}       ${printable(what)}`)
    showFindings(findings, context)
    line(context, summaryOf(findings, ''))
  }
  return findings.some(({ severity }) => severity !== 'info') ? EXIT.no : EXIT.done
}

function headersOf(lines: readonly string[]): Headers | null {
  const pairs = lines.map((one) => /^([!#$%&'*+.^_`|~0-9a-z-]+):\s*(.+)$/i.exec(one))
  if (pairs.includes(null)) return null
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']))
}

function usage(message: string, context: Context): number {
  problem(context, `doctor proxy: ${message}`)
  return EXIT.usage
}
