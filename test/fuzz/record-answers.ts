// Records what a real host answers to the questions that are fuzzed: `node --import ./dist/test/as-modules.js
// dist/test/fuzz/record-answers.js > test/fuzz/answers.json`. Has a lab of its own.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { connector } from '../../src/ssh/connector.ts'
import { questionKey } from '../../src/engine/trip/questions.ts'
import type { Connection } from '../../src/engine/session/connection.ts'
import { answerOf, stderrByQuestion, tripReader } from '../../src/engine/trip/trip-reader.ts'
import { tripScript } from '../../src/engine/trip/trip.ts'
import { tripWords } from '../../src/engine/trip/trip-words.ts'
import type { Answer } from '../../src/core/probe/answer.ts'
import { keyringFor } from '../../src/commands/fleet/keyring-for.ts'
import { readFleet } from '../../src/commands/fleet/read-fleet.ts'
import { askings, MARK, type Recorded } from './asked.ts'

process.env['MAILRUN_LAB_NAME'] ??= 'fuzz'
const lab = await import('../../lab/index.ts')
const MAIN = join(import.meta.dirname, '../../bundle/mailrun.js')

/** As in a trip: with `$run`, a record of the trip of {@link MARK}. */
const PREPARED = `run=$(mktemp -d)
export run
printf '%s\\n' ${tripWords(MARK).record} 'start 0' 'done 0 0' 'start 1' > "$run/progress"
echo 'some output' > "$run/out.1"
`

/** As mailrun rotate leaves it, and with a message in the queue. */
const ROTATED = `printf '%s\\n' \\
  '1803859200 active mx1' \\
  '1803859200 keyed mx1-20270301' \\
  '1803859260 published mx1-20270301' > /etc/dkimkeys/example.org/history
printf 'From: a@example.org\\n\\nx\\n' | sendmail -f a@example.org b@example.invalid`

async function answers(connection: Connection): Promise<readonly Answer[]> {
  const mark = `mailrun-${randomBytes(12).toString('hex')}`
  const reported = new Map<number, { code: number; stdout: string }>()
  const reader = tripReader(mark, (frame) => frame.kind === 'answered' && reported.set(frame.question, frame))
  const script = tripScript({
    words: tripWords(mark),
    steps: [],
    questions: askings.map(({ frame }) => frame),
    questionsSeconds: 300,
    lock: undefined,
    after: undefined,
  })
  const { stderr } = await connection.exchange({
    script: PREPARED + script,
    end: `${mark} end`,
    onStdout: (chunk) => reader.feed(chunk),
    signal: new AbortController().signal,
  })
  const { byQuestion } = stderrByQuestion(mark, stderr)
  return askings.map((_, index) => answerOf(reported.get(index)!, byQuestion.get(index)))
}

await lab.labUp({ size: 1, tools: false, wire: undefined })
try {
  const { hosts } = await readFleet({ inventory: [lab.inventoryPath] }, new Map(), undefined, keyringFor({}))
  const ask = async (): Promise<readonly Answer[]> => {
    const connection = await (await connector(hosts, {})).connect(hosts[0]!, new AbortController().signal)
    try {
      return await answers(connection)
    } finally {
      connection.close()
    }
  }
  const bare = await ask()
  for (const playbook of ['dkim', 'mail-host'])
    execFileSync(
      process.execPath,
      [
        MAIN,
        `playbooks/${playbook}.ts`,
        '-i',
        lab.inventoryPath,
        '-l',
        hosts[0]!.name,
        '-e',
        'fqdn=mx1.example.org',
        '-e',
        '{"domains": ["example.org", "example.net"]}',
      ],
      { stdio: ['ignore', 2, 2] },
    )
  await lab.hostExec(hosts[0]!.name, ROTATED)
  const full = await ask()
  const recorded = askings.map(({ name, frame }, index): Recorded => ({
    name,
    script: questionKey(frame.script),
    answers: [bare[index]!, full[index]!],
  }))
  process.stdout.write(`${JSON.stringify(recorded, null, 1)}\n`)
} finally {
  await lab.labDown()
}
