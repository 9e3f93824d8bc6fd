// Asks authoritative name servers, which it finds from the root down.
import { askServer } from './ask-server.ts'
import type { NameServerVars } from '../../core/probe/outside-question.ts'
import { finderBy, varsOf, type VarsOf } from './finder-by.ts'
import { limited, type Looking } from './look.ts'

/**
 * How name servers are found and asked; what was found of zones is kept for as long as the value is.
 *
 * @param vars - the var `dns` of an inventory, `{}` for none; or that of each name.
 * @example
 * const missing = await servedEverywhere(records, { ...authoritative({}), waitSeconds: 60 })
 * for (const { record, server, why } of missing) console.log(record.name, server?.name, why)
 */
export function authoritative(vars: NameServerVars | VarsOf): Looking {
  const ask = limited(askServer)
  return { ask, findZone: finderBy(ask, varsOf<NameServerVars>(vars)) }
}
