/** `security`: API keys, pairing, request limits and web sessions. */
import * as z from 'zod'
import { flag, path, text, whole } from './fields.ts'

const apiKeys = z
  .strictObject({
    enabled: flag(false, 'Accept API keys.'),
    file: path.default('auth/api_keys.json').meta({ description: 'File that holds them.' }),
  })
  .prefault({})
  .meta({ description: 'API keys.' })

const rateLimit = z
  .strictObject({
    enabled: flag(false, 'Limit requests.'),
    requests: whole(100, [1, 1_000_000_000], 'Requests in one window.'),
    windowMs: whole(
      3_600_000,
      [1000, 86_400_000],
      'The window, in milliseconds. The rate_limit of an API key counts in it too.',
    ),
    perIp: flag(true, 'Count by client address.'),
    perUser: flag(true, 'Count by principal.'),
  })
  .prefault({})
  .meta({ description: 'How many requests are served.' })

const session = z
  .strictObject({
    timeout: whole(7200, [60, 604_800], 'Idle time after which a web session ends, in seconds.'),
    maxConcurrent: whole(10, [1, 1000], 'Web sessions of one principal; the oldest ends.'),
    secure: flag(true, 'Cookies over HTTPS only, loopback apart.'),
    sameSite: z
      .enum(['strict', 'lax'])
      .default('strict')
      .meta({ description: 'SameSite of the cookie.' }),
  })
  .prefault({})
  .meta({ description: 'Web sessions.' })

const audit = z
  .strictObject({
    accepted: z
      .array(
        z.strictObject({
          check: text('the id of a check, as the audit prints it').meta({
            description: 'The check whose findings you accept.',
          }),
          reason: text('why').meta({ description: 'Why: shown beside each of them.' }),
        }),
      )
      .default([])
      .meta({
        description: 'Findings that you accept, each with your reason. They stay in sight.',
      }),
  })
  .prefault({})
  .meta({ description: 'The security audit.' })

export const securitySection = z
  .strictObject({
    audit,
    apiKeys,
    pairingRequired: flag(
      true,
      'Devices must be approved. False lets in any that comes with a right credential, except those that were revoked or removed.',
    ),
    autoApprove: flag(false, 'Approve devices that are new here without asking.'),
    pairingTimeout: whole(
      300,
      [10, 86_400],
      'How long a pairing request waits after the device asked last, in seconds.',
    ),
    maxPendingPairings: whole(
      5,
      [1, 100],
      'Pairing requests that may wait, at most 2 of one client address; when full, new ones are refused.',
    ),
    rateLimit,
    session,
  })
  .prefault({})
  .meta({ description: 'Keys, pairing, limits, web sessions.' })
