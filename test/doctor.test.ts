/** Every check of the doctor reports the state that it is about, and keeps quiet about a healthy host. */
import { expect, test } from 'vitest'
import { DOCTOR_CHECKS } from '../src/doctor/checks/index.ts'
import { DOCTOR_ROWS } from './doctor/rows.ts'
import { findingsWith, HEALTHY, NOW } from './doctor/scene.fixture.ts'

test('every check has its state, and no id is there twice', () => {
  expect(DOCTOR_CHECKS.map(({ id }) => id).toSorted()).toEqual(Object.keys(DOCTOR_ROWS).toSorted())
})

test('a healthy host has no findings', () => {
  expect(findingsWith({})).toEqual([])
})

test.each(Object.entries(DOCTOR_ROWS))('%s', (id, { wrong, right = {}, says, severity }) => {
  const found = findingsWith(wrong).filter(({ checkId }) => checkId === id)
  expect(found.map(({ detail }) => detail)).toEqual([expect.stringMatching(says)])
  expect(found[0]?.severity).toBe(severity)
  expect(found[0]?.fix).toMatch(/\S/)
  expect(findingsWith(right).map(({ checkId }) => checkId)).not.toContain(id)
})

test('what says less than it seems to is said for information alone', () => {
  const severities = (facts: Parameters<typeof findingsWith>[0]) =>
    findingsWith(facts).map(({ checkId, severity }) => `${checkId} ${severity}`)
  // Stopped in order; a variable that only the gateway's own environment has; an odd Node; warnings of the audit.
  expect(severities({ gateway: { kind: 'stopped', killed: null } })).toEqual([
    'gateway.not_running info',
  ])
  const unresolved = DOCTOR_ROWS['config.unresolved']?.wrong.config ?? HEALTHY.config
  expect(severities({ config: unresolved })).toEqual(['config.unresolved info'])
  expect(severities({ node: '25.1.0' })).toEqual(['host.node_version info'])
  const [critical] = DOCTOR_ROWS['security.findings']?.wrong.security?.findings ?? []
  if (critical === undefined) throw new Error('no row')
  const findings = [{ ...critical, severity: 'warning' as const }]
  expect(severities({ security: { findings, suppressed: [] } })).toEqual(['security.findings info'])
})

test('a flat key whose meaning hangs on a variable is left to its owner', () => {
  const flatKeys = [{ flat: 'gateway.host', means: 'gateway.bind', undecided: true }]
  const [found] = findingsWith({ config: { ...HEALTHY.config, flatKeys } })
  expect(found).toMatchObject({ checkId: 'config.flat_keys', repairs: [] })
  expect(found?.fix).toContain('by hand')
})

test('a change that waits in its time is told of, and one that undoes nothing is moved aside', () => {
  const change = { kind: 'waits', keys: 'gateway.bind', undoAt: NOW + 60_000 } as const
  expect(findingsWith({ change })).toMatchObject([
    { checkId: 'config.change_waits', severity: 'info', fix: 'openclaw config confirm keeps it' },
  ])
  const path = '/x/openclaw.json.pending'
  const [unusable] = findingsWith({ change: { kind: 'unusable', path, why: `${path} is broken` } })
  expect(unusable).toMatchObject({ severity: 'warning', repairs: [{ kind: 'move-aside', path }] })
})
