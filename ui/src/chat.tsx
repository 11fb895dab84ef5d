/** The chat with the agent. */
import { useCallback, useEffect, useReducer, useRef, useState } from 'preact/hooks'
import { Account } from './account.tsx'
import type { Api } from './api.ts'
import { Composer } from './composer.tsx'
import { advance, isAnswering, NOTHING_SAID } from './conversation.ts'
import { Mark } from './mark.tsx'
import { mayDecide } from './people.ts'
import { People } from './people-view.tsx'
import { Thread } from './thread.tsx'
import { newTurn, runTurn, type Turn } from './turn.ts'
import type { Me } from './wire.ts'

interface ChatProps {
  readonly api: Api
  readonly me: Me
  readonly onLeft: () => void
}

/** An answer that did not come within this time will not come by itself. */
const ANSWER_WAIT_MS = 120_000

export function Chat({ api, me, onLeft }: ChatProps) {
  const [conversation, step] = useReducer(advance, NOTHING_SAID)
  const [loading, setLoading] = useState<'loading' | 'loaded' | 'failed'>('loading')
  const turn = useRef<Turn | null>(null)
  const turns = useRef(0)
  const missed = useRef(false)
  const answering = isAnswering(conversation)

  const load = useCallback(async () => {
    const begun = turns.current
    const answer = await api.history()
    // What was asked meanwhile is newer than what was just read: then it is read again after the answer.
    missed.current = turn.current !== null || turns.current !== begun
    if (answer.kind === 'ok' && !missed.current) step({ kind: 'loaded', history: answer.value })
    setLoading(answer.kind === 'ok' ? 'loaded' : 'failed')
  }, [api])

  useEffect(() => void load(), [load])
  useEffect(() => () => turn.current?.listening.abort(), [])
  useEffect(() => {
    const shown = () => {
      if (document.visibilityState === 'visible' && turn.current === null) void load()
    }
    document.addEventListener('visibilitychange', shown)
    return () => document.removeEventListener('visibilitychange', shown)
  }, [load])

  // Asked before a reload or in another tab: its answer is on the way to the history, not to us.
  useEffect(() => {
    const last = conversation.messages.at(-1)
    if (last?.role !== 'user' || Date.now() - (last.at ?? 0) > ANSWER_WAIT_MS) return undefined
    const timer = setTimeout(() => void load(), 1500)
    return () => clearTimeout(timer)
  }, [conversation, load])

  const send = async (text: string) => {
    if (turn.current !== null) return
    turn.current = newTurn()
    turns.current += 1
    await runTurn(text, { api, turn: turn.current, step })
    turn.current = null
    if (missed.current) void load()
  }
  const stop = async () => {
    const going = turn.current
    if (going === null) return
    going.stopping = true
    const answer = await api.stop(going.runId)
    // Where the agent cannot be asked, at least this page stops listening.
    if (answer.kind !== 'ok') going.listening.abort()
  }

  return (
    <div class="chat">
      <header class="bar">
        <Mark size={30} />
        <h1>OpenClaw</h1>
        {mayDecide(me) && <People api={api.people} />}
        <Account api={api} me={me} onLeft={onLeft} />
      </header>
      <Thread
        conversation={conversation}
        loading={loading}
        onReload={() => void load()}
        onSend={(text) => void send(text)}
      />
      <Composer
        answering={answering}
        onSend={(text) => void send(text)}
        onStop={() => void stop()}
      />
    </div>
  )
}
