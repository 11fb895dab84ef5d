/** For tests: a listening gateway with the operations of devices and nodes, a node of one's own, and operators to ask it. */
import { TestDevice } from '../../access/device.fixture.ts'
import { nodePorts } from '../../app/node-ports.ts'
import { nodeDescribe } from '../../operations/node-describe.ts'
import { nodeEvent } from '../../operations/node-event.ts'
import { nodeInvokeResult } from '../../operations/node-invoke-result.ts'
import { nodeInvoke } from '../../operations/node-invoke.ts'
import { nodeList } from '../../operations/node-list.ts'
import { nodePairApprove } from '../../operations/node-pair-approve.ts'
import { nodePairList } from '../../operations/node-pair-list.ts'
import { nodePairReject } from '../../operations/node-pair-reject.ts'
import { nodePairRemove } from '../../operations/node-pair-remove.ts'
import { nodePairRequest } from '../../operations/node-pair-request.ts'
import { nodePairVerify } from '../../operations/node-pair-verify.ts'
import { nodeRename } from '../../operations/node-rename.ts'
import { admitted, REMOTE, type TestClient } from './test-client.fixture.ts'
import { testGateway, TOKEN, type TestGatewayOptions } from './test-gateway.fixture.ts'

export const ALL = ['operator.admin']

export async function nodeGateway(options: TestGatewayOptions = {}) {
  const gateway = await testGateway({
    ...options,
    operations: (nodes) => {
      const parts = nodePorts(nodes)
      return [
        nodePairList(parts),
        nodePairRequest(parts),
        nodePairApprove(parts),
        nodePairReject(parts),
        nodePairVerify(parts),
        nodePairRemove(parts),
        nodeRename(parts),
        nodeList(parts),
        nodeDescribe(parts),
        nodeInvoke(parts),
        nodeInvokeResult(parts),
        nodeEvent(),
      ]
    },
  })
  return {
    ...gateway,
    /** On the gateway's host with its token: paired unasked, and its commands are not. */
    node: (device: TestDevice, claim: Claim = {}) =>
      admitted(gateway.port, {
        device,
        params: { ...NODE_PARAMS, auth: { token: TOKEN }, ...claim },
      }),
    /** Without a credential, on the gateway's host. */
    owner: () => admitted(gateway.port, { params: { scopes: ALL } }),
    operator: (scopes: readonly string[] = ALL) =>
      admitted(gateway.port, { headers: REMOTE, params: { auth: { token: TOKEN }, scopes } }),
  }
}

export type NodeGateway = Awaited<ReturnType<typeof nodeGateway>>

export interface Claim {
  readonly caps?: readonly string[]
  readonly commands?: readonly string[]
  readonly auth?: object
}

export const NODE_PARAMS = {
  role: 'node',
  scopes: [],
  client: {
    id: 'node-host',
    version: '9.9.9',
    platform: 'linux',
    mode: 'node',
    displayName: 'Attic',
  },
}

/** A node that is connected and approved for what it claims. */
export async function approvedNode(
  gateway: NodeGateway,
  claim: Claim = { commands: ['camera.snap'] },
) {
  const device = new TestDevice()
  const node = await gateway.node(device, claim)
  const operator = await gateway.operator()
  const requestId = await pendingId(operator)
  const approved = await operator.call('node.pair.approve', { requestId })
  if (approved.ok !== true) throw new Error(JSON.stringify(approved.error))
  return { device, node, operator, nodeId: device.id }
}

/** Id of the one request that waits. */
export async function pendingId(operator: TestClient): Promise<string> {
  const [request, ...others] = await pending(operator)
  if (request === undefined || others.length > 0) throw new Error('not exactly one request waits')
  return String(request['requestId'])
}

export async function pending(
  operator: TestClient,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { payload } = await operator.call('node.pair.list', {})
  return Object(payload)['pending']
}
