/** The agents that the configuration names; without any, the built-in one. */
import { builtinAgent, DEFAULT_AGENT_ID } from '../agents/builtin/index.ts'
import type { BuiltinPorts } from '../agents/builtin/command.ts'
import { agentList, type Agents } from '../agents/index.ts'
import type { Config } from '../config/schema.ts'

/** Made anew only when a reload brought another configuration. */
export function configuredAgents(config: () => Config, ports: BuiltinPorts): () => Agents {
  const kept: { config: Config | null; agents: Agents | null } = { config: null, agents: null }
  return () => {
    const current = config()
    if (kept.config !== current || kept.agents === null) {
      kept.config = current
      kept.agents = agentsOf(current, ports)
    }
    return kept.agents
  }
}

function agentsOf({ agents }: Config, ports: BuiltinPorts): Agents {
  const [first, ...others] = agents.list.map(({ id, model }) =>
    builtinAgent(
      { id, wantedModel: model === undefined || model === 'builtin' ? null : model },
      ports,
    ),
  )
  return first === undefined
    ? agentList(builtinAgent({ id: DEFAULT_AGENT_ID, wantedModel: null }, ports))
    : agentList(first, ...others)
}
