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

export const secretsSection = z
  .strictObject({
    identity: path
      .optional()
      .meta({ description: 'age identity that opens .secrets.age (no effect in this version).' }),
  })
  .prefault({})
  .meta({ description: 'Encrypted secrets (no effect in this version).' })

export const loggingSection = z
  .strictObject({
    level: z
      .enum(['error', 'warn', 'info', 'debug', 'trace'])
      .default('info')
      .meta({ description: 'How much is logged.' }),
  })
  .prefault({})
  .meta({ description: 'Logging.' })
