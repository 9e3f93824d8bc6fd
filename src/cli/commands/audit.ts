// `mailrun audit`: asks hosts and name servers, judges what they say, and prints a report. Nothing is written on any
// host.
import { randomBytes } from 'node:crypto'
import { readFile, unlink, writeFile } from 'node:fs/promises'
import type { Baseline } from '../../audit/baseline.ts'
import { parseBaseline, writtenBaseline } from '../../audit/read-baseline.ts'
import { auditReport } from '../../audit/report.ts'
import { connector } from '../../connection/connector.ts'
import { askOnly } from '../../engine/ask-only.ts'
import { probeTemplate } from '../../mail/probe-message.ts'
import type { AuditReport } from '../../model/audit.ts'
import { MailrunError } from '../../model/mailrun-error.ts'
import { readExtraVars } from '../../playbook/extra-vars.ts'
import { AUDIT_FORMATS } from '../../report/audit/formats.ts'
import { loadFormat } from '../../report/registry.ts'
import { lookOf } from '../../report/screen.ts'
import { said, term } from '../../report/write/terminal.ts'
import { auditDns } from '../../commands/audit/audit-dns.ts'
import { auditEvidence } from '../../commands/audit/audit-evidence.ts'
import { auditHosts } from '../../commands/audit/audit-hosts.ts'
import { keyringFor } from '../../commands/fleet/keyring-for.ts'
import { affordableForks } from '../../commands/fleet/open-files.ts'
import { readFleet } from '../../commands/fleet/read-fleet.ts'
import type { Keyring } from '../../secrets/keyring.ts'
import type { AuditFlags } from '../flags/audit-flags.ts'
import { EXIT } from '../exit-status.ts'
import { fleetSource } from '../flags/fleet-request.ts'
import type { Given } from '../flags/fleet-flags.ts'
import { stderr, stdout } from '../terminal/output.ts'
import type { Signals } from '../terminal/signals.ts'

/** Resolves with the exit status. @throws MailrunError before any host is touched */
export async function auditCommand(flags: Given<AuditFlags>, version: string, signals: Signals): Promise<number> {
  const write = flags.writeBaseline
  if (write === undefined) return audit(flags, version, signals)
  // Made beforehand: what is wrong with it must not be told after all the work.
  await writeFile(write, '', { flag: 'wx' }).catch(refuseToWrite(write))
  return audit(flags, version, signals).catch(async (error: unknown) => {
    await unlink(write)
    throw error
  })
}

async function audit(flags: Given<AuditFlags>, version: string, signals: Signals): Promise<number> {
  const began = performance.now()
  const format = await loadFormat(AUDIT_FORMATS, flags.format)
  const source = await fleetSource(flags)
  const keyring = keyringFor(source)
  const baseline = await baselineOf(flags.baseline, keyring)
  const write = flags.writeBaseline
  const extraVars = await readExtraVars(source.extraVars ?? [], keyring)
  const inventory = await readFleet(source, extraVars, undefined, keyring)
  const message = { template: probeTemplate(new Date()), nonce: randomBytes(8).toString('hex') }
  const fleet = await auditHosts({ inventory, limit: flags.limit, extraVars, keyring, message })
  const { connect, close } = await connector(
    fleet.hosts.map(({ host }) => host),
    source,
  )
  signals.runBegins()
  const run = await askOnly('audit', fleet.hosts, connect, {
    forks: affordableForks(flags.forks),
    interrupt: signals.interrupt,
    abandon: signals.abandon,
  }).finally(close)
  const evidence = await auditEvidence(fleet, run.hosts, message, auditDns(fleet.dns.of))
  const report = auditReport(evidence, {
    date: new Date(),
    version,
    seconds: (performance.now() - began) / 1000,
    baseline,
    limited: fleet.limited,
  })
  if (write !== undefined) {
    await writeFile(write, writtenBaseline(report))
    stderr.write(
      term`mailrun: ${report.findings.length} findings are in ${said(write)}: give each a reason of your own\n`,
    )
  }
  stdout.write(format.write(report, lookOf(stdout)))
  return write === undefined ? statusOf(report, flags, run.interrupted) : EXIT.satisfied
}

async function baselineOf(path: string | undefined, keyring: Keyring): Promise<Baseline> {
  if (path === undefined) return []
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new MailrunError(
      error.code === 'ENOENT'
        ? 'there is no such file: --write-baseline makes one'
        : `the file cannot be read: ${error.message}`,
      `--baseline ${path}`,
    )
  })
  return parseBaseline(path, text, keyring)
}

const refuseToWrite =
  (path: string) =>
  (error: NodeJS.ErrnoException): never => {
    throw new MailrunError(
      error.code === 'EEXIST'
        ? 'the file is there already, and may have reasons in it: name another, or remove it'
        : `the file cannot be written: ${error.message}`,
      `--write-baseline ${path}`,
    )
  }

/** The first that applies, as for a run. */
function statusOf({ hosts, summary }: AuditReport, { failOn }: AuditFlags, interrupted: boolean): number {
  const some = (...words: readonly AuditReport['hosts'][number]['status'][]): boolean =>
    hosts.some(({ status }) => words.includes(status))
  if (interrupted || some('interrupted')) return EXIT.interrupted
  const { error, warning, note, unknown } = summary.findings
  if (some('failed') || unknown > 0) return EXIT.failed
  if (some('unreachable', 'not-reached')) return EXIT.unreachable
  const counted = { error, warning: error + warning, note: error + warning + note, never: 0 }[failOn]
  return counted > 0 ? EXIT.wouldChange : EXIT.satisfied
}
