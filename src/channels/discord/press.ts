/** The answer to a press of a button, which only whoever pressed sees. Discord wants to hear something within 3 seconds. */
import { MessageFlags } from '@discordjs/core/http-only'
import { pause } from '../backoff.ts'
import type { PressReply } from './parse.ts'
import type { Ask } from './rest.ts'

const ANSWER_MS = 2_000
const flags = MessageFlags.Ephemeral

/** `text`: what to say; `null` nothing. Rejects as it does: that the answer could not be shown is no reason to press again. */
export async function answerPress(
  ask: Ask,
  { id, application, token }: PressReply,
  text: Promise<string | null>,
  signal: AbortSignal,
): Promise<void> {
  const early = new AbortController()
  const late = pause(ANSWER_MS, early.signal).then(() => 'late' as const)
  const inTime = await Promise.race([text.then((said) => ({ said })), late]).finally(() =>
    early.abort(),
  )
  if (inTime !== 'late') {
    const { said } = inTime
    await ask(
      ({ interactions }, stop) =>
        said === null
          ? interactions.deferMessageUpdate(id, token, {}, { signal: stop })
          : interactions.reply(id, token, { content: short(said), flags }, { signal: stop }),
      signal,
    ).catch(() => undefined)
    return
  }
  await ask(
    ({ interactions }, stop) => interactions.defer(id, token, { flags }, { signal: stop }),
    signal,
  ).catch(() => undefined)
  const said = await text
  await ask<unknown>(
    ({ interactions }, stop) =>
      said === null
        ? interactions.deleteReply(application, token, undefined, { signal: stop })
        : interactions.editReply(application, token, { content: short(said) }, undefined, {
            signal: stop,
          }),
    signal,
  ).catch(() => undefined)
}

function short(text: string): string {
  return text.slice(0, 2_000)
}
