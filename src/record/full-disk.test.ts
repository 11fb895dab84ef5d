import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { fileHeads, requestEntry, testRecord, TEST_KEY } from './record.fixture.ts'
import { findRequest } from './read.ts'
import { verifyRecord } from './verify.ts'

const root = process.getuid?.() === 0 && process.platform === 'linux'

test.skipIf(!root)(
  'a full disk: changes are refused, nothing acknowledged is lost, and it goes on once there is room',
  async () => {
    const place = mkdtempSync(join(tmpdir(), 'record-full-'))
    const disk = join(place, 'disk')
    execFileSync('mkdir', [disk])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk])
    try {
      const heads = fileHeads(join(place, 'head.json'))
      const files = testRecord(disk, { heads })
      const open = await files.open()
      const acknowledged: string[] = []
      const ballast = join(disk, 'ballast')
      writeFileSync(ballast, Buffer.alloc(64 * 1024))
      while (open.writable && acknowledged.length < 5000) {
        const id = `a-${acknowledged.length}`
        await open.open(requestEntry(id)).then(
          () => acknowledged.push(id),
          () => undefined,
        )
      }
      expect(open.writable).toBe(false)
      open.note({ at: 1, event: 'gateway.start', by: null, facts: {} })
      expect(open.health.waiting).toBeGreaterThan(0)
      expect(open.health.failures).toBeGreaterThan(0)
      await expect(open.open(requestEntry('refused-1'))).rejects.toThrow(
        'the record cannot be written',
      )
      expect(files.reports).toHaveLength(1)
      expect(files.reports[0]).toContain('ENOSPC')
      rmSync(ballast)
      await vi.waitFor(() => expect(open.writable).toBe(true), { timeout: 10_000, interval: 20 })
      await open.open(requestEntry('after-1'))
      await open.flush()
      expect(open.health).toMatchObject({ waiting: 0, lagMs: 0 })
      await open.stop()
      const loadHead = () => heads.load()
      expect(await verifyRecord({ dir: files.dir, key: TEST_KEY, loadHead })).toMatchObject({
        kind: 'intact',
      })
      for (const id of [...acknowledged.slice(-3), 'after-1'])
        expect(await findRequest(files.dir, id)).not.toBeNull()
      expect(await findRequest(files.dir, `a-${acknowledged.length}`)).toBeNull()
      expect(files.reports.at(-1)).toBe('info: The record can be written again.')
    } finally {
      execFileSync('umount', ['-l', disk])
      rmSync(place, { recursive: true, force: true })
    }
  },
)

test.skipIf(!root)(
  'a disk that is full at the start: the record opens, and refuses changes until there is room',
  async () => {
    const place = mkdtempSync(join(tmpdir(), 'record-full-'))
    const disk = join(place, 'disk')
    execFileSync('mkdir', [disk])
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk])
    try {
      const ballast = join(disk, 'ballast')
      execFileSync('sh', [
        '-c',
        `dd if=/dev/zero of=${ballast} bs=4k count=100 2>/dev/null || true`,
      ])
      const files = testRecord(disk, { heads: fileHeads(join(place, 'head.json')) })
      const open = await files.open()
      open.note({ at: 1, event: 'gateway.start', by: null, facts: {} })
      await vi.waitFor(() => expect(open.writable).toBe(false), { timeout: 5000, interval: 10 })
      rmSync(ballast)
      await vi.waitFor(() => expect(open.writable).toBe(true), { timeout: 10_000, interval: 20 })
      await open.open(requestEntry('a-1'))
      await open.stop()
      expect(await findRequest(files.dir, 'a-1')).not.toBeNull()
    } finally {
      execFileSync('umount', ['-l', disk])
      rmSync(place, { recursive: true, force: true })
    }
  },
)
