// What a run would work on: its hosts, or each host's tasks. All is read, typed and checked as for a run; no host is
// touched.
import {
  listedHosts,
  listedTasks,
  type ListedHosts,
  type ListedTasks,
  type Listing,
} from '../../report/list/listing.ts'
import { prepareRun, type RunSource } from './prepare-run.ts'

/** As a run takes it. */
export type ListRequest = RunSource

/** @throws MailrunError with all that is wrong */
export const listHosts = async (request: ListRequest): Promise<ListedHosts> => listedHosts(await listing(request))

/** @throws MailrunError with all that is wrong */
export const listTasks = async (request: ListRequest): Promise<ListedTasks> => listedTasks(await listing(request))

async function listing(request: ListRequest): Promise<Listing> {
  const { name, hosts } = await prepareRun(request)
  return { playbook: name, hosts }
}
