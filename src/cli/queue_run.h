/*
 * --queue-run and -q: sends mail that waits in the queue. Prints only errors;
 * the log, notify-command and -v say what happens to the mail.
 */
#ifndef CLI_QUEUE_RUN_H
#define CLI_QUEUE_RUN_H

#include "cli/options.h"
#include "spool/run.h"
#include "spool/spool_path.h"

/*
 * Runs the caller's spools. The exit status is 75 while a mail that could not
 * be sent is older than queue-warn (of IDs: while one of them waits), and 78
 * after a broken configuration.
 */
bool queue_run(const struct options *options, struct mode_result *result,
    struct error *err);
/*
 * Runs these spools, and those that the configuration of the caller names, with
 * all their mail, unless another such run is at work. stands_in is as in struct
 * run. Returns the exit status; errors are printed.
 */
int queue_run_paths(const struct options *options,
    const struct spool_paths *paths, enum run_strength strength,
    int64_t time_limit, bool stands_in);
/*
 * The run of a child of a submission: sends what is due in these spools, for at
 * most 10 minutes. `serving` is the profile whose server has just taken a mail,
 * so that it is asked even if it failed before; NULL: none.
 */
void queue_run_flush(const struct options *options,
    const struct spool_paths *paths, const char *serving);
/* Says how many mails wait, if standard error is a terminal. */
void queue_run_tell_terminal(size_t count);

#endif
