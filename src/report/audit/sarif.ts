// Writes the report of an audit as SARIF 2.1.0 (OASIS) for code hosts: a rule for each id that was found, a result for
// each place.
import type { Subject } from '../../findings/finding.ts'
import { createHash } from 'node:crypto'
import type { AuditFinding, AuditReport } from '../../audit/audit-report.ts'
import { CHECKS } from '../../findings/checks.ts'
import type { Severity } from '../../findings/severity.ts'
import { CATALOGUE, type FindingId } from '../../audit/catalogue.ts'
import { harmless } from '../write/harmless.ts'
import { jsonDocument, type JsonText } from '../write/json.ts'
import { LONE_SURROGATE } from '../write/markup.ts'
import { detailText } from './words.ts'
import type { AuditFormat } from './format.ts'

export const format: AuditFormat = {
  language: 'json',
  about:
    'code hosts: SARIF 2.1.0, with file and line on the host (`file://mx1/etc/postfix/main.cf`) or the record ' +
    '(`dns:example.org?type=TXT`); accepted findings are suppressed; fingerprints do not depend on lines',
  write: auditSarif,
}

const LEVELS: Readonly<Record<Severity, 'error' | 'warning' | 'note' | 'none'>> = {
  error: 'error',
  warning: 'warning',
  note: 'note',
  unknown: 'none',
}

export function auditSarif(report: AuditReport): JsonText {
  const ids = [...new Set(report.findings.map(({ id }) => id))].sort()
  const failed = report.hosts.filter(({ status }) => status !== 'audited')
  return jsonDocument({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'mailrun audit', version: report.mailrun, rules: ids.map(rule) } },
        invocations: [
          {
            executionSuccessful: failed.length === 0,
            endTimeUtc: report.date,
            ...(failed.length === 0
              ? {}
              : {
                  toolExecutionNotifications: failed.map(({ name, status, error = '' }) => ({
                    level: 'error',
                    message: { text: plainText([`${name} is ${status}: ${error}`]) },
                  })),
                }),
          },
        ],
        results: report.findings.flatMap((finding) =>
          finding.subjects.map((subject) => result(finding, subject, ids.indexOf(finding.id))),
        ),
      },
    ],
  })
}

function rule(id: FindingId) {
  const { severity, check, means, remedy } = CATALOGUE.kindOf(id)
  return {
    id,
    shortDescription: { text: means },
    help: { text: `${means} ${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}.` },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { tags: ['mail', check], check: CHECKS[check].title },
  }
}

function result(finding: AuditFinding, subject: Subject, ruleIndex: number) {
  const { id, severity, message, expected, found, remedy, cause, accepted } = finding
  const lines = [
    message,
    ...(expected === undefined ? [] : [`Expected: ${expected}`]),
    ...(found === undefined ? [] : [`Found: ${found}`]),
    `To do: ${remedy}`,
  ]
  return {
    ruleId: id,
    ruleIndex,
    // What could not be found out is neither right nor wrong.
    ...(severity === 'unknown' ? { kind: 'open', level: 'none' } : { kind: 'fail', level: LEVELS[severity] }),
    message: { text: plainText(lines) },
    locations: [location(subject)],
    partialFingerprints: {
      'mailrunSubject/v1': createHash('sha256')
        .update(JSON.stringify([id, subject.host, subject.domain, subject.record, subject.path, subject.about]))
        .digest('hex')
        .slice(0, 32),
    },
    ...(cause === undefined ? {} : { properties: { cause: cause.key } }),
    ...(accepted === undefined
      ? {}
      : { suppressions: [{ kind: 'external', justification: plainText([accepted.reason]) }] }),
  }
}

/** A file on a host, a DNS record (RFC 4501), or the host or domain itself. */
function location(subject: Subject) {
  const { host, domain, path, line } = subject
  const hasLine = path !== undefined && line !== undefined && line > 0
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(subject) },
      ...(hasLine ? { region: { startLine: line } } : {}),
    },
    logicalLocations: [
      ...(host === undefined ? [] : [{ name: host, kind: 'host' }]),
      ...(domain === undefined ? [] : [{ name: domain, kind: 'domain' }]),
    ],
    message: {
      text:
        plainText([[host, detailText(subject)].filter((part) => part !== undefined && part !== '').join(': ')]) ||
        'the fleet',
    },
  }
}

/**
 * Lines of a plain text message: those after the first of each part are indented, and none holds a link, `[text](URI)`
 * (SARIF 2.1.0, §3.11.6).
 */
const plainText = (parts: readonly string[]): string =>
  parts
    .map((part) => harmless(part).replaceAll('\n', '\n    '))
    .map((part) => (part.includes('](') ? part.replace(/[[\]]/g, (bracket) => `\\${bracket}`) : part))
    .join('\n')

const encoded = (text: string): string => encodeURIComponent(text.replace(LONE_SURROGATE, '\ufffd'))

function uriOf({ host, domain, record, path }: Subject): string {
  const hostPart = encoded(host ?? '')
  if (path !== undefined) return `file://${hostPart}${path.split('/').map(encoded).join('/')}`
  const name = record ?? (host === undefined ? domain : undefined)
  return name === undefined ? `ssh://${hostPart}` : `dns:${encoded(name)}?type=TXT`
}
