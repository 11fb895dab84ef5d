/** What a node host tells whoever watches it: one line each, and never what a command was given or printed. */
import { unreachable } from '../core/never.ts'
import type { Outcome, Told } from '../node-host/types.ts'
import { noAnswerInWords } from './no-answer.ts'
import { inWords, line, problem } from './output.ts'
import type { NodeEnd } from './parts.ts'
import { pendingRequest, refusedBy, type Asker } from './refusal.ts'
import { EXIT, type Context } from './types.ts'

interface Manner {
  readonly asJson: boolean
  readonly context: Context
}

/** Tells each thing as it happens: to people, or with `json` one object a line. */
export function nodeTeller(asker: Asker, { asJson, context }: Manner): (told: Told) => void {
  const said = { wait: '', approval: false }
  return (told) => {
    if (asJson)
      return context.stdout(
        `${JSON.stringify(told.kind === 'invoked' ? invocation(told) : plain(told))}\n`,
      )
    // Waiting takes long, and says the same every time.
    const words = inWordsOf(told, asker)
    if (told.kind === 'waiting' && words.join() === said.wait) return
    said.wait = told.kind === 'waiting' ? words.join() : ''
    for (const text of words) line(context, text)
    if (told.kind !== 'connected' || said.approval) return
    said.approval = true
    for (const text of APPROVAL) line(context, text)
  }
}

/** A gateway does not tell a node what of its commands is approved. */
const APPROVAL = [
  'A command runs once an operator has approved this node’s commands. On the gateway’s host:',
  '  openclaw nodes pending',
  '  openclaw nodes approve <request id>',
] as const

function inWordsOf(told: Told, asker: Asker): readonly string[] {
  switch (told.kind) {
    case 'started':
      return [
        `device    ${told.deviceId}`,
        `gateway   ${asker.from}`,
        `commands  ${told.commands.join(', ')}`,
      ]
    case 'connected':
      return [`connected to ${asker.from}`]
    case 'token-not-kept':
      return [`the device token that the gateway gave was not kept: ${told.why}`]
    case 'disconnected':
      return [`disconnected (${`${told.code} ${told.reason}`.trim()}): connecting again`]
    case 'not-reached':
      return [`${asker.from} cannot be reached (${told.detail}): trying again`]
    case 'waiting':
      return waiting(told, asker)
    case 'invoked': {
      const late = told.delivered ? '' : '; nobody waited for it any more'
      return [`${told.command}: ${outcomeInWords(told.outcome)}, ${took(told.durationMs)}${late}`]
    }
    default:
      return unreachable(told)
  }
}

function waiting(
  { refusal, retryMs }: Extract<Told, { kind: 'waiting' }>,
  asker: Asker,
): readonly string[] {
  const requestId = pendingRequest(refusal)
  if (requestId !== null)
    return [
      'waiting for an approval. On the gateway’s host:',
      `  openclaw devices approve ${requestId}`,
    ]
  const no = refusedBy(refusal, asker)
  const why = no.kind === 'refused' ? no.message : refusal.message
  return [`${why}. Trying again in ${inWords(retryMs)}`]
}

function took(ms: number): string {
  return ms < 1000 ? `${ms}ms` : inWords(ms)
}

/** Its own codes and an exit code: whatever else an answer holds stays between the node and whoever asked. */
function outcomeInWords(outcome: Outcome): string {
  if (outcome.kind === 'failed') return outcome.code
  const { exitCode, signal } = exitOf(outcome)
  if (signal !== null) return `ended by ${signal}`
  return exitCode === null ? 'done' : `exit ${exitCode}`
}

function exitOf({ payload }: Extract<Outcome, { kind: 'done' }>): {
  readonly exitCode: number | null
  readonly signal: string | null
} {
  const exitCode = 'exitCode' in payload ? payload.exitCode : null
  const signal = 'signal' in payload ? payload.signal : null
  return {
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    signal: typeof signal === 'string' ? signal : null,
  }
}

function invocation({
  command,
  outcome,
  durationMs,
  delivered,
}: Extract<Told, { kind: 'invoked' }>) {
  const end = outcome.kind === 'failed' ? { code: outcome.code } : exitOf(outcome)
  return { event: 'invoked', command, outcome: outcome.kind, ...end, durationMs, delivered }
}

function plain(told: Exclude<Told, { kind: 'invoked' }>) {
  const { kind: event, ...facts } = told
  if (told.kind !== 'waiting') return { event, ...facts }
  const { refusal, retryMs } = told
  const { code, message } = refusal
  return { event, code, message, requestId: pendingRequest(refusal), retryMs }
}

/** Why it serves no longer, and the exit code. */
export function showNodeEnd(end: NodeEnd, asker: Asker, { asJson, context }: Manner): number {
  if (end.kind === 'stopped') {
    if (asJson) context.stdout(`${JSON.stringify({ event: 'stopped' })}\n`)
    else line(context, 'stopped')
    return EXIT.done
  }
  const { code, message } = endInWords(end, asker)
  if (asJson) context.stdout(`${JSON.stringify({ event: 'ended', error: { code, message } })}\n`)
  problem(context, message)
  return EXIT.no
}

function endInWords(
  end: Exclude<NodeEnd, { kind: 'stopped' }>,
  asker: Asker,
): { readonly code: string; readonly message: string } {
  if (end.kind === 'no-device') return { code: 'broken', message: end.message }
  if (end.kind === 'broken') {
    const message = `the gateway at ${asker.from} is gone: ${end.detail}`
    return { code: 'broken', message }
  }
  // After the first connection nothing but the device token was shown.
  const credential = end.wasConnected ? null : asker.credential
  const shown = credential ?? { name: 'this machine’s device token' }
  const no = refusedBy(end.refusal, { ...asker, credential: shown, admitted: end.wasConnected })
  const code = no.kind === 'refused' ? no.code : end.refusal.code
  return { code, message: noAnswerInWords(no) }
}
