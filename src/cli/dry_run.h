/*
 * --dry-run: prints the envelope and the message that would be sent, and does
 * not connect.
 */
#ifndef CLI_DRY_RUN_H
#define CLI_DRY_RUN_H

#include <stdbool.h>

#include "cli/options.h"
#include "cli/outgoing.h"

/*
 * As text, the message follows the envelope, octet by octet; as JSON, only the
 * envelope is printed. The source of the secret must exist, but the secret is
 * not fetched.
 */
bool dry_run_print(const struct options *options, struct mode_result *result,
    struct error *err);
/*
 * The same for a mail that is prepared already. `number` is 0 for a single
 * mail; otherwise a line with the number and the source precedes it.
 */
bool dry_run_print_mail(struct outgoing *outgoing, size_t number,
    const char *source, const struct options *options, struct error *err);

#endif
