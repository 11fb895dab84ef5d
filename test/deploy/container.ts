/** What a container is to the kernel, made of what the compose file and the Dockerfile say, by util-linux and iproute2. Root alone. */
import { spawn, spawnSync, type ChildProcess, type StdioOptions } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, statSync, chmodSync, chownSync } from 'node:fs'
import { join } from 'node:path'
import type { Service } from './compose.ts'
import type { Image } from './dockerfile.ts'

/** Of the `node` in the image. */
const NODE_USER = 1000
/** Named volumes. */
const VOLUMES = '/tmp/docker-stand-in/volumes'

export interface Wanted {
  readonly service: Service
  readonly image: Image
  /** An empty folder, on which its disk is mounted. */
  readonly root: string
  readonly entrypoint?: readonly string[]
  readonly command: readonly string[]
}

/**
 * The machine's disk is its disk; process 1 is the entry point. It begins once it is told to by a line on its
 * fourth stream, when there is a network: as with Docker, the addresses are there before the program is.
 */
export function startContainer(wanted: Wanted, output: StdioOptions): ChildProcess {
  const { service, image, root } = wanted
  mkdirSync(root, { recursive: true })
  const mounts = service.volumes.flatMap((volume) => {
    const [source = '', target = ''] = volume.split(':')
    const path = source.startsWith('/') ? source : namedVolume(join(VOLUMES, source), target)
    return [path, target]
  })
  const entrypoint = wanted.entrypoint ?? service.entrypoint ?? image.entrypoint
  const words = [
    '--mount --pid --net --uts --ipc --fork --kill-child bash -ec'.split(' '),
    [START, 'container', root, service.read_only ? 'ro' : 'rw'],
    [service.tmpfs.join(' '), String(mounts.length), ...mounts],
    confined(service, image),
    entrypoint,
    wanted.command,
  ].flat()
  return spawn('unshare', words, { stdio: output })
}

/** What stands in front of a command in one that runs, as `docker exec` runs it. */
export function execIn(pid: string, service: Service, image: Image): readonly string[] {
  const enter = `nsenter -t ${pid} --mount --pid --net --uts --ipc --root --`.split(' ')
  return enter.concat(confined(service, image))
}

/** Its first process, as this machine numbers it. */
export function firstProcess({ pid }: ChildProcess): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
}

/** A bridge of one cable: `.1` is this machine, `.2` the container. Ends with it. */
export function connect(container: ChildProcess, network: string): void {
  const pid = firstProcess(container)
  const name = `oc${pid}`
  const ip = (...words: readonly string[]) => must('ip', words)
  ip('link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pid)
  ip('addr', 'add', `${network}.1/24`, 'dev', name)
  ip('link', 'set', name, 'up')
  const inside = (...words: readonly string[]) => must('nsenter', ['-t', pid, '-n', 'ip', ...words])
  inside('link', 'set', 'lo', 'up')
  inside('addr', 'add', `${network}.2/24`, 'dev', 'eth0')
  inside('link', 'set', 'eth0', 'up')
}

/** Who it is, what it may, and what it finds in its environment. */
function confined(service: Service, image: Image): readonly string[] {
  const { cap_drop, security_opt } = service
  const environment = Object.entries({ ...image.environment, ...service.environment })
  return [
    `setpriv --reuid ${NODE_USER} --regid ${NODE_USER} --clear-groups`.split(' '),
    cap_drop.includes('ALL') ? ['--bounding-set=-all', '--inh-caps=-all'] : [],
    security_opt.length > 0 ? ['--no-new-privs'] : [],
    ['env', '-i', '-C', image.workdir, 'PATH=/usr/local/bin:/usr/bin:/bin'],
    environment.map(([name, value]) => `${name}=${value}`),
  ].flat()
}

/** Made as Docker makes one: owner and mode are those of the folder in the image. */
function namedVolume(path: string, target: string): string {
  const made = mkdirSync(path, { recursive: true })
  if (made === undefined) return path
  const { uid, gid, mode } = statSync(target)
  chownSync(path, uid, gid)
  chmodSync(path, mode)
  return path
}

export function removeVolumes(): void {
  rmSync(VOLUMES, { recursive: true, force: true })
}

function must(program: string, words: readonly string[]): void {
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`)
}

const START = `
root=$1 access=$2 tmpfs=$3 mounts=$4
shift 4
mount --make-rprivate /
mount --bind / "$root"
mount --bind /usr/local/bin/node "$root/usr/local/bin/node"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$mounts" -gt 0 ]; do
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  shift 2
  mounts=$((mounts - 2))
done
for folder in $tmpfs; do mount -t tmpfs tmpfs "$root$folder"; done
mount -o "remount,bind,$access" "$root"
read -r -u 3 _
exec 3<&-
exec chroot "$root" "$@"
`
