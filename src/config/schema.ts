/** Every setting of the gateway: one schema gives validation, types, JSON Schema and the reference page. */
import * as z from 'zod'
import type { Secret } from '../core/secret.ts'
import { agentsSection, modelsSection, pluginsSection, toolsSection } from './section-agents.ts'
import { channelsSection, commandsSection } from './section-channels.ts'
import { dmSessionSection, gatewaySection } from './section-gateway.ts'
import { securitySection } from './section-security.ts'
import {
  clusterSection,
  loggingSection,
  recordSection,
  secretsSection,
  storeSection,
} from './section-state.ts'
import { telemetrySection } from './section-telemetry.ts'

export const configSchema = z.strictObject({
  $schema: z.string().optional().meta({ description: 'For editors; not read.' }),
  gateway: gatewaySection,
  security: securitySection,
  session: dmSessionSection,
  channels: channelsSection,
  commands: commandsSection,
  agents: agentsSection,
  tools: toolsSection,
  models: modelsSection,
  plugins: pluginsSection,
  record: recordSection,
  store: storeSection,
  cluster: clusterSection,
  secrets: secretsSection,
  logging: loggingSection,
  telemetry: telemetrySection,
})

type Frozen<T> = T extends Secret
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]: Frozen<T[Key]> }
      : T

/** Parsed, complete with defaults, frozen. Secrets are `Secret`, paths absolute, header names lower-case. */
export type Config = Frozen<z.output<typeof configSchema>>
