// `audit`: asks hosts and name servers, and judges their answers. Nothing is written on any host.
import { randomBytes } from 'node:crypto'
import { readFile, unlink, writeFile } from 'node:fs/promises'
import { askServer } from '../../dns/lookup/ask-server.ts'
import { authority } from '../../dns/lookup/authority.ts'
import type { DnsVars } from '../../dns/dns-vars.ts'
import { domainBounds } from '../../dns/bounds/domain-bounds.ts'
import { finderBy, type VarsOf } from '../../dns/lookup/finder-by.ts'
import { limited } from '../../dns/lookup/look.ts'
import { remembering } from '../../dns/lookup/remembering.ts'
import type { AskedDns } from '../../audit/look-at-domains.ts'
import type { Baseline } from '../../audit/baseline.ts'
import { parseBaseline, writtenBaseline } from '../../audit/read-baseline.ts'
import { auditReport } from '../../audit/build-report.ts'
import { askOnly } from '../../engine/ask-only.ts'
import { probeTemplate } from '../../mail/messages/probe-message.ts'
import type { AuditReport } from '../../audit/audit-report.ts'
import { MailrunError } from '../../core/mailrun-error.ts'
import type { Keyring } from '../../secrets/keyring.ts'
import { openFleet, type FleetRequest } from '../fleet/open-fleet.ts'
import { ownVersion } from '../version.ts'
import { auditEvidence } from './audit-evidence.ts'
import { auditHosts } from './audit-hosts.ts'

export interface AuditRequest extends FleetRequest {
  /** A file of findings that are accepted, each with a reason. */
  readonly baseline?: string | undefined
  /** A new file, into which a baseline of all that is found is written. */
  readonly writeBaseline?: string | undefined
}

export interface AuditResult {
  readonly report: AuditReport
  /** By `signal`: hosts that were not asked are `not-reached` in the report. */
  readonly interrupted: boolean
}

/** @throws MailrunError before any host is touched */
export async function audit(request: AuditRequest): Promise<AuditResult> {
  const file = request.writeBaseline
  if (file === undefined) return audited(request)
  // Made beforehand: what is wrong with it must not come after all the work.
  await writeFile(file, '', { flag: 'wx' }).catch(refuseToWrite(file))
  try {
    const result = await audited(request)
    await writeFile(file, writtenBaseline(result.report))
    return result
  } catch (error) {
    await unlink(file)
    throw error
  }
}

async function audited(request: AuditRequest): Promise<AuditResult> {
  const began = performance.now()
  const fleet = await openFleet(request)
  const baseline = await baselineOf(request.baseline, fleet.keyring)
  const message = { template: probeTemplate(new Date()), nonce: randomBytes(8).toString('hex') }
  const asked = await auditHosts({ ...fleet, message })
  const connect = await fleet.reach(asked.hosts.map(({ host }) => host))
  const run = await askOnly('audit', asked.hosts, connect, fleet.bounds).finally(fleet.close)
  const evidence = await auditEvidence(asked, run.hosts, message, auditDns(asked.dns.of))
  const report = auditReport(evidence, {
    date: new Date(),
    version: ownVersion(),
    seconds: (performance.now() - began) / 1000,
    baseline,
    limited: asked.limited,
  })
  return { report, interrupted: run.interrupted }
}

/** DNS by the inventory's var dns; each server is asked each question once. */
function auditDns(dns: VarsOf<DnsVars>): AskedDns {
  const ask = limited(remembering(askServer))
  const bounds = domainBounds()
  return { looking: { ask, findZone: finderBy(ask, dns) }, authority: authority(dns, ask, bounds), bounds }
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
