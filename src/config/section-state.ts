/** `record`, `store`, `cluster`, `secrets`, `logging`: what the gateway keeps, and where. */
import * as z from 'zod'
import { path, secretUrl, whole } from './fields.ts'

const MIB = 1024 * 1024

export const recordSection = z
  .strictObject({
    maxBytes: whole(
      1024 * MIB,
      [MIB, 1024 * 1024 * MIB],
      'Size of the record in all; whole oldest files are dropped beyond it.',
    ),
  })
  .prefault({})
  .meta({ description: 'The record of decisions.' })

export const storeSection = z
  .strictObject({
    url: secretUrl(
      'Database. Unset: SQLite in the state dir. This version refuses to start with PostgreSQL.',
      ['sqlite', 'postgres', 'postgresql'],
    ),
  })
  .prefault({})
  .meta({ description: 'The database.' })

export const clusterSection = z
  .strictObject({
    redis: secretUrl(
      'Redis for locks, limits and events of several replicas (this version is one process, and refuses to start with it).',
      ['redis', 'rediss'],
    ),
  })
  .prefault({})
  .meta({ description: 'Several replicas.' })

const recipient = z
  .string()
  .trim()
  .regex(/^age1[a-z0-9]{20,}$/)
  .meta({ accepts: 'an age recipient: age1…, as `age-keygen -y` prints it' })

export const secretsSection = z
  .strictObject({
    identity: path.default('~/.config/openclaw/identity.txt').meta({
      description:
        'age identity that opens `.secrets.age` of the state dir; `openclaw secrets init` makes it. Keep it outside the state dir and its version control.',
    }),
    recipients: z.array(recipient).default([]).meta({
      description:
        'age recipients that can open `.secrets.age` besides the identity, such as a key in a safe.',
    }),
  })
  .prefault({})
  .meta({ description: 'Encrypted secrets.' })

export const loggingSection = z
  .strictObject({
    level: z
      .enum(['error', 'warn', 'info', 'debug', 'trace'])
      .default('info')
      .meta({ description: 'How much is logged.' }),
  })
  .prefault({})
  .meta({ description: 'Logging.' })
