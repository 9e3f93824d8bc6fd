// Modules of mailrun as built somewhere: of this tree, or of an earlier version whose texts are to be recorded.
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { TaskModule } from '../../src/core/task/define-task.ts'

/** What the races need of it. */
export interface Product {
  readonly tasks: Readonly<Record<string, TaskModule<object, unknown>>>
  readonly connector: typeof import('../../src/ssh/connector.ts')
  readonly readFleet: typeof import('../../src/commands/fleet/read-fleet.ts')
  readonly keyringFor: typeof import('../../src/commands/fleet/keyring-for.ts')
  readonly makeTrip: typeof import('../../src/engine/trip/make-trip.ts')
  readonly steps: typeof import('../../src/engine/trip/steps.ts')
  readonly questions: typeof import('../../src/engine/trip/questions.ts')
  readonly trip: typeof import('../../src/engine/trip/trip.ts')
  /** 0.1.0 has none. */
  readonly words: typeof import('../../src/engine/trip/trip-words.ts') | undefined
  readonly settle: typeof import('../../src/engine/settle.ts')
  readonly planOf: typeof import('../../src/testing/plan-of.ts')
  /** The program by which files are made, which a trip brings along; 0.1.0 has none. */
  readonly files: { readonly FILES_PROGRAM: string } | undefined
  readonly setup: typeof import('../../src/signers/opendkim/setup/mail-setup.ts')
  readonly keys: typeof import('../../src/signers/opendkim/keys/dkim-keys.ts')
  readonly history: typeof import('../../src/signers/keys/dkim-history.ts')
  readonly install: typeof import('../../src/signers/opendkim/activation/install-script.ts')
}

/** This tree's. */
export const HERE = join(dirname(fileURLToPath(import.meta.url)), '../..')

/** @param dist - where its build is. */
export async function productIn(dist: string): Promise<Product> {
  const load = async <T>(path: string): Promise<T> => (await import(pathToFileURL(join(dist, path)).href)) as T
  return {
    tasks: await load('tasks/index.js'),
    connector: await load('src/ssh/connector.js'),
    readFleet: await load('src/commands/fleet/read-fleet.js'),
    keyringFor: await load('src/commands/fleet/keyring-for.js'),
    makeTrip: await load('src/engine/trip/make-trip.js'),
    steps: await load('src/engine/trip/steps.js'),
    questions: await load('src/engine/trip/questions.js'),
    trip: await load('src/engine/trip/trip.js'),
    words: existsSync(join(dist, 'src/engine/trip/trip-words.js'))
      ? await load('src/engine/trip/trip-words.js')
      : undefined,
    settle: await load('src/engine/settle.js'),
    planOf: await load('src/testing/plan-of.js'),
    files: existsSync(join(dist, 'src/resources/files/program/program.js'))
      ? await load('src/resources/files/program/program.js')
      : undefined,
    setup: await load('src/signers/opendkim/setup/mail-setup.js'),
    keys: await load('src/signers/opendkim/keys/dkim-keys.js'),
    history: await load('src/signers/keys/dkim-history.js'),
    install: await load('src/signers/opendkim/activation/install-script.js'),
  }
}
