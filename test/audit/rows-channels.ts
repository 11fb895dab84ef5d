/** States for the checks of the families `channels`, `sessions` and `tools`. */
import type { CheckRow } from './scene.fixture.ts'

const DISCORD = '123456789012345678'
const TELEGRAM_SECRET = 'deadbeef'.repeat(8)

function discord(rules: object): { readonly config: object } {
  return { config: { channels: { discord: { token: 'x', ...rules } } } }
}

function telegram(rules: object): { readonly config: object } {
  return { config: { channels: { telegram: { token: '1:x', ...rules } } } }
}

const open = { dmPolicy: 'open', allowFrom: ['*'] }
const agent = { agents: { list: [{ id: 'main', tools: ['exec'] }] } }

export const CHANNEL_ROWS: Readonly<Record<string, CheckRow>> = {
  'channels.<network>.dm.open': {
    as: 'channels.discord.dm.open',
    wrong: discord(open),
    right: discord({ dmPolicy: 'pairing' }),
    says: /channels.discord: somebody whom nobody approved/,
  },
  'channels.<network>.dm.open_without_wildcard': {
    as: 'channels.telegram.dm.open_without_wildcard',
    wrong: telegram({ dmPolicy: 'open', allowFrom: ['123'] }),
    right: telegram({ dmPolicy: 'locked', allowFrom: ['123'] }),
    says: /works as "locked"/,
  },
  'channels.<network>.dm.wildcard_without_open': {
    as: 'channels.telegram.dm.wildcard_without_open',
    wrong: telegram({ dmPolicy: 'locked', allowFrom: ['*', '123'] }),
    right: telegram({ dmPolicy: 'locked', allowFrom: ['123'] }),
    says: /counts for dmPolicy "open" alone/,
  },
  'channels.<network>.groups.open': {
    as: 'channels.discord.groups.open',
    wrong: discord({ groups: ['77'], groupAllowFrom: ['*'] }),
    right: discord({ groups: ['77'], groupAllowFrom: [DISCORD] }),
    says: /a stranger is heard in your groups/,
  },
  'channels.<network>.allowlist_missing': {
    as: 'channels.discord.allowlist_missing',
    wrong: discord({ dmPolicy: 'allowlist' }),
    right: discord({ dmPolicy: 'allowlist', allowFrom: [DISCORD] }),
    says: /channels.discord.allowFrom lets nobody in/,
  },
  'channels.<network>.allowlist_unpinned_names': {
    as: 'channels.discord.allowlist_unpinned_names',
    wrong: discord({ allowFrom: ['alice#1234'] }),
    right: discord({ allowFrom: [DISCORD] }),
    says: /"alice#1234" is pinned to no id/,
  },
  'channels.<network>.allowlist_invalid': {
    as: 'channels.telegram.allowlist_invalid',
    wrong: telegram({ allowFrom: ['0'] }),
    right: telegram({ allowFrom: ['123'] }),
    says: /"0" lets nobody in/,
  },
  'channels.<network>.webhook_no_secret': {
    as: 'channels.telegram.webhook_no_secret',
    wrong: telegram({ webhookUrl: 'https://claw.example.com/webhooks/telegram/default' }),
    right: telegram({
      webhookUrl: 'https://claw.example.com/webhooks/telegram/default',
      webhookSecret: TELEGRAM_SECRET,
    }),
    says: /webhookUrl without webhookSecret/,
  },
  'channels.owner_unknown': {
    wrong: { config: { commands: { ownerAllowFrom: ['telegram:@alice'] } } },
    right: { config: { commands: { ownerAllowFrom: ['telegram:123'] } } },
    says: /"telegram:@alice" is nobody/,
  },
  'sessions.dm_scope_shared': {
    wrong: {
      ...telegram({ allowFrom: ['123'] }),
      approvals: [
        {
          channel: 'telegram',
          account: 'default',
          id: '456',
          via: 'code',
          entry: null,
          displayName: 'Bob',
          approvedBy: 'owner:owner',
          approvedAt: 0,
          expiresAt: null,
          ended: false,
        },
      ],
    },
    right: { ...telegram({ allowFrom: ['123'] }), approvals: [] },
    says: /shared by 2 people/,
  },
  'tools.exec_unsandboxed': {
    wrong: { config: { tools: { exec: { sandbox: 'off' } } } },
    right: { config: { tools: { exec: { sandbox: 'bubblewrap' } } } },
    says: /sandbox is "off"/,
  },
  'tools.exec_with_open_dm': {
    wrong: { config: { ...discord(open).config, ...agent } },
    right: { config: { ...discord({}).config, ...agent } },
    says: /channels.discord is open, and main may use exec/,
  },
}
