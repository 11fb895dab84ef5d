/**
 * A machine of its own, in namespaces: systemd is its first process, and what is written to its disk is gone with it.
 * Needs root, and a kernel with overlay file systems and cgroup2.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { shellWord } from '../../src/core/shell-word.ts'

const REPOSITORY = join(import.meta.dirname, '../..')

export interface BootedMachine {
  /** In front of a command that is to run on it. */
  readonly within: readonly string[]
  /** A line of bash, as root, in the root of the repository; standard error is part of what it printed. */
  type(line: string): { readonly code: number | null; readonly output: string }
  off(): Promise<void>
}

/** Why none can be booted here; `null` when one can. */
export function noBoot(): string | null {
  if (process.getuid?.() !== 0) return 'root'
  if (spawnSync('systemctl', ['--version']).status !== 0) return 'systemd'
  if (!makesGroups()) return 'cgroup2'
  const made = spawnSync('unshare', ['--mount', 'bash', '-ec', OVERLAY])
  return made.status === 0 ? null : 'overlay file systems'
}

const OVERLAY = `mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work /mnt/disk
mount -t overlay overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work /mnt/disk`

function makesGroups(): boolean {
  const group = join(cgroups() ?? '/nowhere', `openclaw-try-${process.pid}`)
  try {
    mkdirSync(group)
    rmdirSync(group)
    return true
  } catch {
    return false
  }
}

/** The disk is this machine's, as it is: `/usr/local/bin/node` is the Node of the tests, and `shared` is one folder for both. */
export async function bootMachine(shared: string): Promise<BootedMachine> {
  const folder = mkdtempSync(join(tmpdir(), 'openclaw-machine-'))
  const group = join(cgroups() ?? '', `openclaw-${process.pid}-${Date.now().toString(36)}`)
  const words = ['-ec', START, 'boot', folder, group, REPOSITORY, process.execPath, shared]
  const boot = spawn('bash', words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { text: '', over: false }
  for (const stream of [boot.stdout, boot.stderr])
    stream.on('data', (chunk: Buffer) => void (said.text += chunk.toString()))
  const over = once(boot, 'close').then(() => (said.over = true))
  const off = async (): Promise<void> => {
    boot.kill('SIGKILL')
    await over
    await removeGroup(group)
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const pid = await vi.waitFor(() => firstProcess(boot.pid ?? 0, said), {
      timeout: 60_000,
      interval: 20,
    })
    const within = ['nsenter', '--target', pid, '--all', '--']
    await vi.waitFor(() => isUp(within, said), { timeout: 60_000, interval: 100 })
    if (said.over) throw new Error(`it does not boot: ${said.text}`)
    const type: BootedMachine['type'] = (line) => {
      const inside = `cd ${shellWord(REPOSITORY)}; { ${line}\n} 2>&1`
      const [program, ...words] = [...within, 'bash', '-c', inside]
      const ran = spawnSync(program ?? '', words, { encoding: 'utf8', timeout: 60_000 })
      return { code: ran.status, output: ran.stdout }
    }
    return { within, type, off }
  } catch (error) {
    await off()
    throw error
  }
}

/** `unshare` has one child, which is systemd once it has been executed. */
function firstProcess(unshare: number, said: { text: string; over: boolean }): string {
  if (said.over) return ''
  const [pid = ''] = readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8').split(' ')
  const name = pid === '' ? '' : readFileSync(`/proc/${pid}/comm`, 'utf8').trim()
  if (name !== 'systemd') throw new Error(`it does not boot: ${said.text}`)
  return pid
}

function isUp(within: readonly string[], said: { text: string; over: boolean }): void {
  const [program, ...words] = [...within, 'systemctl', 'is-system-running']
  const { stdout } = spawnSync(program, words, { encoding: 'utf8' })
  if (!/running|degraded/.test(stdout) && !said.over)
    throw new Error(`it is ${stdout}: ${said.text}`)
}

/** Where this process may make groups of its own; `null` where it may not. */
function cgroups(): string | null {
  const mounts = readFileSync('/proc/mounts', 'utf8')
  const [, mounted] = /^\S+ (\S+) cgroup2 rw/m.exec(mounts) ?? []
  const [, own = '/'] = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8')) ?? []
  return mounted === undefined ? null : join(mounted, own)
}

/** The kernel lets go of a group a moment after the last process in it has ended. */
async function removeGroup(group: string): Promise<void> {
  const remove = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) remove(join(path, entry.name))
    rmdirSync(path)
  }
  await vi.waitFor(() => remove(group), { timeout: 10_000, interval: 20 })
}

/** Devices that a program may need, and no others; settings of the kernel cannot be changed from in there. */
const START = `
mkdir "$2"
echo $$ > "$2/cgroup.procs"
exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child bash -ec '
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/disk"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/disk"
cd "$1/disk"
mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t tmpfs tmpfs sys/fs/cgroup
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs tmpfs dev
for device in null zero full random urandom tty; do
  touch dev/$device
  mount --bind /dev/$device dev/$device
done
mkdir dev/shm dev/pts
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mkdir -p ".$3" ".$5" usr/local/bin
mount --bind "$3" ".$3"
mount -o remount,bind,ro ".$3"
mount --bind "$5" ".$5"
rm -f usr/local/bin/node
touch usr/local/bin/node
mount --bind "$4" usr/local/bin/node
rm -f etc/machine-id
tr -d - < /proc/sys/kernel/random/uuid > etc/machine-id
ln -sf /dev/null etc/systemd/system/tmp.mount
mkdir -p old
pivot_root . old
umount -l /old
exec env -i container=test PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin /lib/systemd/systemd --system --unit=basic.target
' boot "$@"
`
