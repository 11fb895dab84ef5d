/** Every operation, in the order of the reference page. To add one: write its file, add its line, and its row in `access-matrix.test.ts`. */
import { accessReview, type AccessReviewParts } from './access-review.ts'
import { agent, type AgentPorts } from './agent.ts'
import { agentsList } from './agents-list.ts'
import { apiKeysCreate, type ApiKeysCreateParts } from './api-keys-create.ts'
import { apiKeysList, type ApiKeysListParts } from './api-keys-list.ts'
import { apiKeysRevoke, type ApiKeysRevokeParts } from './api-keys-revoke.ts'
import { apiKeysRotate, type ApiKeysRotateParts } from './api-keys-rotate.ts'
import { authExplain, type Explain } from './auth-explain.ts'
import { channelsPairingApprove } from './channels-pairing-approve.ts'
import { channelsPairingCancel } from './channels-pairing-cancel.ts'
import { channelsPairingDismiss } from './channels-pairing-dismiss.ts'
import { channelsPairingInvite } from './channels-pairing-invite.ts'
import { channelsPairingList } from './channels-pairing-list.ts'
import { channelsPairingRevoke } from './channels-pairing-revoke.ts'
import { channelsStatus, type ChannelsStatusPorts } from './channels-status.ts'
import { chatAbort } from './chat-abort.ts'
import { chatHistory } from './chat-history.ts'
import { chatSend, type ChatSendPorts } from './chat-send.ts'
import { configChange, type ConfigChangePort } from './config-change.ts'
import { configConfirm, type ConfigConfirmPort } from './config-confirm.ts'
import { configGet, type ConfigViewPort } from './config-get.ts'
import { devicePairApprove } from './device-pair-approve.ts'
import { devicePairForget } from './device-pair-forget.ts'
import { devicePairList, type DevicePairParts } from './device-pair-list.ts'
import { devicePairReject } from './device-pair-reject.ts'
import { devicePairRemove } from './device-pair-remove.ts'
import { devicePairRename } from './device-pair-rename.ts'
import { devicePairSetupCode, type DeviceSetupParts } from './device-pair-setup-code.ts'
import { devicePairSetupStatus } from './device-pair-setup-status.ts'
import { deviceTokenRevoke } from './device-token-revoke.ts'
import { deviceTokenRotate } from './device-token-rotate.ts'
import { gatewayRestart } from './gateway-restart.ts'
import { gatewayStop, type Lifecycle } from './gateway-stop.ts'
import { health, type HealthPort } from './health.ts'
import { lastHeartbeat } from './last-heartbeat.ts'
import { lockoutsClear, type LockoutsClearParts } from './lockouts-clear.ts'
import { lockoutsList, type LockoutsListParts } from './lockouts-list.ts'
import { loginLinkCreate, type LoginLinkCreateParts } from './login-link-create.ts'
import { logsTail, type LogLines } from './logs-tail.ts'
import { metrics, type MetricsPort } from './metrics.ts'
import { pairingChanges, type PairingChangesParts } from './pairing-changes.ts'
import { proxyProbeRead, proxyProbeStart, type ProxyProbes } from './proxy-probe.ts'
import { recordList, type RecordEntries } from './record-list.ts'
import { recordWhy, type RecordedRequests } from './record-why.ts'
import { nodeDescribe } from './node-describe.ts'
import { nodeEvent } from './node-event.ts'
import { nodeInvoke, type NodeInvokeParts } from './node-invoke.ts'
import { nodeInvokeResult } from './node-invoke-result.ts'
import { nodeList } from './node-list.ts'
import { nodePairApprove } from './node-pair-approve.ts'
import { nodePairList } from './node-pair-list.ts'
import { nodePairReject } from './node-pair-reject.ts'
import { nodePairRemove } from './node-pair-remove.ts'
import { nodePairRequest } from './node-pair-request.ts'
import { nodePairVerify, type NodeVerifyParts } from './node-pair-verify.ts'
import { nodeRename } from './node-rename.ts'
import { sessionCreate, type SessionCreateParts } from './session-create.ts'
import { sessionDelete, type SessionDeleteParts } from './session-delete.ts'
import { sessionsList } from './sessions-list.ts'
import { send, type SendPorts } from './send.ts'
import type { SenderParts } from './sender-answer.ts'
import { status, type StatusPort } from './status.ts'
import { systemPresence, type PresencePort } from './system-presence.ts'
import { tokenBrownout } from './token-brownout.ts'
import { tokenPromote, type TokenPromoteParts } from './token-promote.ts'
import { tokenRollback, type TokenRollbackParts } from './token-rollback.ts'
import { tokenRotate, type TokenRotateParts } from './token-rotate.ts'
import { tokenStatus, type TokenStatusParts } from './token-status.ts'
import type { Operation } from './types.ts'
import { whoami } from './whoami.ts'

export interface OperationPorts {
  readonly health: HealthPort
  readonly status: StatusPort
  readonly presence: PresencePort
  readonly config: ConfigViewPort & ConfigChangePort & ConfigConfirmPort
  readonly chat: AgentPorts & ChatSendPorts
  readonly channels: ChannelsStatusPorts & SendPorts
  readonly senders: SenderParts
  readonly log: LogLines
  readonly metrics: MetricsPort
  readonly record: RecordEntries & RecordedRequests
  readonly explain: Explain
  readonly lockouts: LockoutsListParts & LockoutsClearParts
  readonly apiKeys: ApiKeysListParts & ApiKeysCreateParts & ApiKeysRevokeParts & ApiKeysRotateParts
  readonly token: TokenPromoteParts & TokenRotateParts & TokenRollbackParts & TokenStatusParts
  readonly review: AccessReviewParts
  readonly devices: DevicePairParts & DeviceSetupParts
  readonly nodes: NodeVerifyParts & NodeInvokeParts
  readonly pairing: PairingChangesParts
  readonly proxyProbes: ProxyProbes
  readonly login: SessionCreateParts & SessionDeleteParts & LoginLinkCreateParts
  readonly lifecycle: Lifecycle
}

export function operations(ports: OperationPorts): readonly Operation[] {
  const { chat, token, login, apiKeys, devices, nodes, senders } = ports
  return [
    health(ports.health),
    status(ports.status),
    systemPresence(ports.presence),
    whoami(),
    configGet(ports.config),
    configChange(ports.config),
    configConfirm(ports.config),
    agentsList(chat.agents),
    agent(chat),
    sessionsList({
      conversations: chat.conversations,
      busy: (key) => chat.runs.busy(key),
      clock: token.now,
    }),
    chatSend(chat),
    chatHistory(chat),
    chatAbort(chat),
    channelsStatus(ports.channels),
    channelsPairingList(senders),
    channelsPairingApprove(senders),
    channelsPairingDismiss(senders),
    channelsPairingInvite(senders),
    channelsPairingCancel(senders),
    channelsPairingRevoke(senders),
    send(ports.channels),
    lastHeartbeat(),
    logsTail(ports.log),
    metrics(ports.metrics),
    recordList(ports.record),
    recordWhy(ports.record),
    authExplain({ explain: ports.explain }),
    lockoutsList(ports.lockouts),
    lockoutsClear(ports.lockouts),
    apiKeysList(apiKeys),
    apiKeysCreate(apiKeys),
    apiKeysRevoke(apiKeys),
    apiKeysRotate(apiKeys),
    accessReview(ports.review),
    pairingChanges(ports.pairing),
    devicePairList(devices),
    devicePairApprove(devices),
    devicePairReject(devices),
    devicePairRemove(devices),
    devicePairForget(devices),
    devicePairRename(devices),
    devicePairSetupCode(devices),
    devicePairSetupStatus(devices),
    deviceTokenRotate(devices),
    deviceTokenRevoke(devices),
    nodePairList(nodes),
    nodePairRequest(nodes),
    nodePairApprove(nodes),
    nodePairReject(nodes),
    nodePairVerify(nodes),
    nodePairRemove(nodes),
    nodeRename(nodes),
    nodeList(nodes),
    nodeDescribe(nodes),
    nodeInvoke(nodes),
    nodeInvokeResult(nodes),
    nodeEvent(),
    tokenStatus(token),
    tokenRotate(token),
    tokenBrownout(token),
    tokenPromote(token),
    tokenRollback(token),
    sessionCreate(login),
    sessionDelete(login),
    loginLinkCreate(login),
    proxyProbeStart(ports.proxyProbes),
    proxyProbeRead(ports.proxyProbes),
    gatewayStop(ports.lifecycle),
    gatewayRestart(ports.lifecycle),
  ]
}
