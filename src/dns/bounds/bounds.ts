// Limits on how much mailrun reads from name servers and how long it waits. docs/faults.md, "Name servers", lists them.

/** Of a zone, as far as they are asked; the inventory's own are all asked. */
export const MOST_SERVERS = 20
/** Of a name server, IPv4 and IPv6 each. */
export const MOST_ADDRESSES = 4
/** Delegations below each other; more are a loop. */
export const MOST_DELEGATIONS = 16
/** CNAMEs one after the other. */
export const MOST_ALIASES = 8
/** Questions for one name: finding its zone and name servers, its aliases, and what is there. */
export const MOST_QUESTIONS = 200
/** Seconds in which answers for one name are waited for; others' questions are not counted. */
export const NAME_SECONDS = 120
/** Questions for one evaluation of SPF, and seconds for it: includes and redirects lead to other names. */
export const [MOST_WALK_QUESTIONS, WALK_SECONDS] = [1000, 300] as const
/**
 * Questions that one domain leads to in one command, and how many more for each thing of it that mailrun itself looks
 * for (a record's name, a host's address); seconds in which their answers are waited for.
 */
export const [DOMAIN_QUESTIONS, DOMAIN_NAME_QUESTIONS, DOMAIN_SECONDS] = [1000, 100, 600] as const
/** Of an address (PTR), as far as they are asked for their addresses. */
export const MOST_REVERSE_NAMES = 20
/** Of one message, by whomever: for the key of each DNS is asked. */
export const MOST_SIGNATURES = 20
/**
 * In which a run waits for answers about keys that do not come, of all its hosts together, where the inventory says
 * nothing of DNS.
 */
export const RUN_SECONDS = 10
/** For one question to one name server, at all its addresses. */
export const QUESTION_SECONDS = 30
export const [UDP_TRIES, UDP_TRY_SECONDS, TCP_SECONDS] = [3, 2, 6] as const
/** That are no answer, of one try: whoever sends so many guesses, and TCP cannot be guessed. */
export const MOST_STRAY_DATAGRAMS = 100
/** Of what a backend's program says of one update; a set of 64 kB in presentation format is four times as long. */
export const UPDATE_BYTES = 512 << 10
/** For one such program on this machine, which ends by itself before that. */
export const UPDATE_SECONDS = 30
