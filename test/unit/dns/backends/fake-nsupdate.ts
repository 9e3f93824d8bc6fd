// A program in place of nsupdate(1), for tests of what is read of it and given to it.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface FakeNsupdate {
  readonly folder: string
  /** @param script - shell text. */
  says(script: string): void
  remove(): void
}

/** It is found first from now on, until it is removed. */
export function fakeNsupdate(): FakeNsupdate {
  const folder = mkdtempSync(join(tmpdir(), 'mailrun-nsupdate-'))
  const { PATH = '' } = process.env
  process.env['PATH'] = `${folder}:${PATH}`
  return {
    folder,
    says(script) {
      writeFileSync(join(folder, 'nsupdate'), `#!/bin/sh\n${script}\n`)
      chmodSync(join(folder, 'nsupdate'), 0o755)
    },
    remove() {
      process.env['PATH'] = PATH
      rmSync(folder, { recursive: true })
    },
  }
}
