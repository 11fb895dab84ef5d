/** The agents of this gateway. To add a kind of agent: write its folder, make it where `app/agents.ts` makes the list. */
import type { Agent } from './types.ts'

export interface Agents {
  /** Who answers when nobody is named. */
  readonly defaultId: string
  readonly all: readonly Agent[]
  /** `null` for an id that is blank or nobody's; only exactly the same text is the same id. */
  find(id: string): Agent | null
}

/** The first is the default. An id that could not stand in a session key, or that is there twice, is a bug. */
export function agentList(first: Agent, ...others: readonly Agent[]): Agents {
  const all = [first, ...others]
  const byId = new Map(all.map((agent) => [agent.id, agent]))
  if (byId.size !== all.length) throw new Error('two agents have the same id')
  for (const { id } of all) {
    if (!/^[a-z0-9][a-z0-9_-]{0,63}$/i.test(id)) throw new Error(`"${id}" is no agent id`)
  }
  return { defaultId: first.id, all, find: (id) => byId.get(id) ?? null }
}
