/** `agents`, `tools`, `models`, `plugins`: what runs behind the gateway. */
import * as z from 'zod'
import { flag, path, secret, text, url } from './fields.ts'

const agentId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)
  .meta({ accepts: 'a name of small letters, digits, - and _', description: 'Name of the agent.' })

const agent = z.strictObject({
  id: agentId,
  model: text('a model such as builtin or anthropic/claude').default('builtin').meta({
    description: 'Model that answers; `builtin` needs no account (no effect in this version).',
  }),
  workspace: path
    .optional()
    .meta({ description: 'Folder the agent works in (no effect in this version).' }),
  tools: z
    .array(text('the name of a tool'))
    .optional()
    .meta({ description: 'Tools it may use (no effect in this version).' }),
  systemPrompt: z
    .string()
    .optional()
    .meta({ description: 'What it is told first (no effect in this version).' }),
})

const agentList = z
  .array(agent)
  .min(1)
  .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, {
    message: 'names an agent twice',
  })
  .prefault([{ id: 'main' }])
  .meta({ description: 'The agents.', accepts: 'a list of agents with different ids' })

export const agentsSection = z
  .strictObject({
    defaults: z
      .strictObject({
        workspace: path.default('workspace').meta({
          description:
            'Folder of agents that name none (no effect in this version). OPENCLAW_WORKSPACE_DIR wins over it.',
        }),
      })
      .prefault({})
      .meta({ description: 'What agents share.' }),
    list: agentList,
  })
  .prefault({})
  .meta({ description: 'Agents.' })

export const toolsSection = z
  .strictObject({
    exec: z
      .strictObject({
        sandbox: z.enum(['bubblewrap', 'off']).default('bubblewrap').meta({
          description:
            'Where programs of agents run; `off` gives them your account (this version runs none: `off` only makes callers on this host need a credential).',
        }),
        ask: z
          .enum(['off', 'on-miss', 'always'])
          .default('on-miss')
          .meta({ description: 'When a person is asked first (no effect in this version).' }),
      })
      .prefault({})
      .meta({ description: 'Programs that agents run (no effect in this version).' }),
  })
  .prefault({})
  .meta({ description: 'Tools of agents.' })

const provider = z.strictObject({
  apiKey: secret(
    'Key of the provider (no effect in this version). ANTHROPIC_API_KEY, OPENAI_API_KEY and CLAUDE_AI_SESSION_KEY win over those of anthropic, openai and claude-ai; where nothing names one, that of `openclaw login` counts.',
  ),
  baseUrl: url(['https', 'http']).optional().meta({
    description: 'Base address, where it is not the usual one (no effect in this version).',
  }),
})

export const modelsSection = z
  .strictObject({
    providers: z
      .record(text('a provider'), provider)
      .default({})
      .meta({ description: 'Model providers by name (no effect in this version).' }),
  })
  .prefault({})
  .meta({ description: 'Models (no effect in this version).' })

const plugin = z.strictObject({
  path: path.meta({ description: 'The ES module (no effect in this version).' }),
  enabled: flag(true, 'Load it (no effect in this version).'),
  config: z
    .record(z.string(), z.json())
    .default({})
    .meta({ description: 'Its own settings (no effect in this version).' }),
})

export const pluginsSection = z
  .strictObject({
    entries: z.record(text('a plugin id'), plugin).default({}).meta({
      description: 'Plugins by id; nothing loads unless listed (no effect in this version).',
    }),
  })
  .prefault({})
  .meta({ description: 'Plugins (no effect in this version).' })
