/** The machine as configuration sees it: private files, atomic writes, a lock, programs that print secrets. */
import { homedir } from 'node:os'
import { makeFile, makePrivateFolder, moveFile, removeFile, replaceFile } from './replace-file.ts'
import { lockFile } from './file-lock.ts'
import { readPrivateBytes, readPrivateFile } from './permissions.ts'
import { runProgram } from './run-program.ts'

const LOCK_WAIT_MS = 10_000

/** Fits the port in `config/host-port.ts`. `env.HOME` wins over the account's home folder, as in shells. */
export function configHost(env: Readonly<Record<string, string | undefined>>) {
  const home = env['HOME']
  return {
    read: readPrivateFile,
    readBytes: readPrivateBytes,
    write: replaceFile,
    make: makeFile,
    move: moveFile,
    remove: removeFile,
    makeFolder: makePrivateFolder,
    lock: (path: string) => lockFile(path, LOCK_WAIT_MS),
    run: runProgram,
    home: home === undefined || home === '' ? homedir() : home,
  }
}
