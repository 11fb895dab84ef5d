/** Every command, in the order of the help. To add one: write its file, add its line. A file is loaded only when it is named. */
import type { Command } from './types.ts'

export interface CommandEntry {
  readonly name: string
  /** False: a word after it is a mistyped command, not an argument. */
  readonly takesArguments: boolean
  readonly load: () => Promise<Command>
}

function entry(name: string, load: () => Promise<Command>): CommandEntry {
  return { name, takesArguments: false, load }
}

function withArguments(name: string, load: () => Promise<Command>): CommandEntry {
  return { name, takesArguments: true, load }
}

export const COMMANDS: readonly CommandEntry[] = [
  entry('gateway', async () => (await import('./commands/gateway-run.ts')).gateway),
  entry('gateway run', async () => (await import('./commands/gateway-run.ts')).gatewayRun),
  entry('gateway status', async () => (await import('./commands/status.ts')).gatewayStatus),
  entry('gateway stop', async () => (await import('./commands/gateway-stop.ts')).gatewayStop),
  entry(
    'gateway restart',
    async () => (await import('./commands/gateway-restart.ts')).gatewayRestart,
  ),
  entry('status', async () => (await import('./commands/status.ts')).status),
  entry('health', async () => (await import('./commands/health.ts')).health),
  entry('dashboard', async () => (await import('./commands/dashboard.ts')).dashboard),
  entry('agent', async () => (await import('./commands/agent.ts')).agent),
  withArguments(
    'pairing list',
    async () => (await import('./commands/pairing-list.ts')).pairingList,
  ),
  withArguments(
    'pairing approve',
    async () => (await import('./commands/pairing-approve.ts')).pairingApprove,
  ),
  withArguments(
    'pairing reject',
    async () => (await import('./commands/pairing-reject.ts')).pairingReject,
  ),
  withArguments(
    'pairing revoke',
    async () => (await import('./commands/pairing-revoke.ts')).pairingRevoke,
  ),
  withArguments(
    'pairing invite',
    async () => (await import('./commands/pairing-invite.ts')).pairingInvite,
  ),
  entry(
    'channels status',
    async () => (await import('./commands/channels-status.ts')).channelsStatus,
  ),
  withArguments(
    'channels add',
    async () => (await import('./commands/channels-add.ts')).channelsAdd,
  ),
  withArguments(
    'channels remove',
    async () => (await import('./commands/channels-remove.ts')).channelsRemove,
  ),
  entry('message send', async () => (await import('./commands/message-send.ts')).messageSend),
  entry('devices pair', async () => (await import('./commands/devices-pair.ts')).devicesPair),
  entry('devices list', async () => (await import('./commands/devices-list.ts')).devicesList),
  withArguments(
    'devices approve',
    async () => (await import('./commands/devices-approve.ts')).devicesApprove,
  ),
  withArguments(
    'devices reject',
    async () => (await import('./commands/devices-reject.ts')).devicesReject,
  ),
  entry('devices clear', async () => (await import('./commands/devices-clear.ts')).devicesClear),
  withArguments(
    'devices rename',
    async () => (await import('./commands/devices-rename.ts')).devicesRename,
  ),
  withArguments(
    'devices rotate',
    async () => (await import('./commands/devices-rotate.ts')).devicesRotate,
  ),
  withArguments(
    'devices revoke',
    async () => (await import('./commands/devices-revoke.ts')).devicesRevoke,
  ),
  withArguments(
    'devices remove',
    async () => (await import('./commands/devices-remove.ts')).devicesRemove,
  ),
  entry('devices forget', async () => (await import('./commands/devices-forget.ts')).devicesForget),
  entry('qr', async () => (await import('./commands/qr.ts')).qr),
  entry('nodes list', async () => (await import('./commands/nodes-list.ts')).nodesList),
  entry('nodes pending', async () => (await import('./commands/nodes-pending.ts')).nodesPending),
  withArguments(
    'nodes approve',
    async () => (await import('./commands/nodes-approve.ts')).nodesApprove,
  ),
  withArguments(
    'nodes reject',
    async () => (await import('./commands/nodes-reject.ts')).nodesReject,
  ),
  withArguments(
    'nodes describe',
    async () => (await import('./commands/nodes-describe.ts')).nodesDescribe,
  ),
  withArguments(
    'nodes invoke',
    async () => (await import('./commands/nodes-invoke.ts')).nodesInvoke,
  ),
  withArguments(
    'nodes rename',
    async () => (await import('./commands/nodes-rename.ts')).nodesRename,
  ),
  withArguments(
    'nodes remove',
    async () => (await import('./commands/nodes-remove.ts')).nodesRemove,
  ),
  entry('connect', async () => (await import('./commands/connect.ts')).connect),
  entry('access review', async () => (await import('./commands/access-review.ts')).accessReview),
  entry('token status', async () => (await import('./commands/token-status.ts')).tokenStatus),
  entry('token rotate', async () => (await import('./commands/token-rotate.ts')).tokenRotate),
  withArguments(
    'token brownout',
    async () => (await import('./commands/token-brownout.ts')).tokenBrownout,
  ),
  entry('token promote', async () => (await import('./commands/token-promote.ts')).tokenPromote),
  entry('token rollback', async () => (await import('./commands/token-rollback.ts')).tokenRollback),
  entry('configure', async () => (await import('./commands/configure.ts')).configure),
  withArguments('config get', async () => (await import('./config-commands.ts')).configGet),
  withArguments('config set', async () => (await import('./config-commands.ts')).configSet),
  entry('config confirm', async () => (await import('./config-commands.ts')).configConfirm),
  withArguments('config unset', async () => (await import('./config-commands.ts')).configUnset),
  entry('config validate', async () => (await import('./config-commands.ts')).configValidate),
  withArguments('config explain', async () => (await import('./config-commands.ts')).configExplain),
  entry('config file', async () => (await import('./config-commands.ts')).configFile),
  entry('config schema', async () => (await import('./config-commands.ts')).configSchema),
  entry('secrets init', async () => (await import('./commands/secrets-init.ts')).secretsInit),
  withArguments('secrets set', async () => (await import('./commands/secrets-set.ts')).secretsSet),
  withArguments('secrets get', async () => (await import('./commands/secrets-get.ts')).secretsGet),
  entry('secrets list', async () => (await import('./commands/secrets-list.ts')).secretsList),
  withArguments(
    'secrets unset',
    async () => (await import('./commands/secrets-unset.ts')).secretsUnset,
  ),
  entry(
    'secrets encrypt',
    async () => (await import('./commands/secrets-encrypt.ts')).secretsEncrypt,
  ),
  entry(
    'secrets decrypt',
    async () => (await import('./commands/secrets-decrypt.ts')).secretsDecrypt,
  ),
  withArguments('login', async () => (await import('./commands/login.ts')).login),
  withArguments('logout', async () => (await import('./commands/logout.ts')).logout),
  entry('api-keys list', async () => (await import('./commands/api-keys-list.ts')).apiKeysList),
  entry(
    'api-keys create',
    async () => (await import('./commands/api-keys-create.ts')).apiKeysCreate,
  ),
  withArguments(
    'api-keys rotate',
    async () => (await import('./commands/api-keys-rotate.ts')).apiKeysRotate,
  ),
  withArguments(
    'api-keys revoke',
    async () => (await import('./commands/api-keys-revoke.ts')).apiKeysRevoke,
  ),
  entry('lockouts list', async () => (await import('./commands/lockouts-list.ts')).lockoutsList),
  withArguments(
    'lockouts clear',
    async () => (await import('./commands/lockouts-clear.ts')).lockoutsClear,
  ),
  withArguments('auth why', async () => (await import('./commands/auth-why.ts')).authWhy),
  entry('auth explain', async () => (await import('./commands/auth-explain.ts')).authExplain),
  entry('auth replay', async () => (await import('./commands/auth-replay.ts')).authReplay),
  withArguments('logs', async () => (await import('./commands/logs.ts')).logs),
  entry('logs verify', async () => (await import('./commands/logs-verify.ts')).logsVerify),
  entry('security audit', async () => (await import('./commands/security-audit.ts')).securityAudit),
  entry('doctor', async () => (await import('./commands/doctor.ts')).doctor),
  entry('doctor proxy', async () => (await import('./commands/doctor-proxy.ts')).doctorProxy),
  entry('recover', async () => (await import('./commands/recover.ts')).recover),
  withArguments('completion', async () => (await import('./commands/completion.ts')).completion),
]
