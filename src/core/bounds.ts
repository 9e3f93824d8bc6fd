// Limits on how much mailrun reads from a host or a bastion. docs/faults.md, "Sizes", lists them.

/** Of a login by mailrun's own client: identification, key exchange, banners, questions. */
export const LOGIN_BYTES = 256 << 10

/** Of the system's ssh, on both its outputs, before the login is done. */
export const SSH_WORDS_BYTES = 256 << 10

/** Of sudo, su, doas and the login shell, before the shell stands. */
export const BECOME_BYTES = 64 << 10

/** Of one line of these, before the rest of it is passed over. */
export const BECOME_LINE_CHARACTERS = 4096

/** Of one line in which the script of a trip tells how far it is. */
export const FRAME_BYTES = 4096

/** Of all answers of a trip, on both outputs of the shell. */
export const ANSWERS_BYTES = 8 << 20

/** Of one change, while it runs and afterwards: what is kept of its output on the host is less. */
export const STEP_BYTES = 384 << 10
