/*
 * The long options of msmtp that scripts use and that are not options of
 * smtpost by that name. --help and the completions do not show them;
 * smtpost-import(7) does. Under the names of sendmail and mail they do not
 * exist, because a caller of sendmail must not choose a server.
 */
#ifndef CLI_MSMTP_OPTION_H
#define CLI_MSMTP_OPTION_H

#include "base/nearest.h"
#include "cli/option_table.h"

/* NULL: there is none. */
const struct option *msmtp_option_find(struct span name);
/* Considers the names of all of them, for a misspelt one. */
void msmtp_option_consider(struct nearest *nearest);
/*
 * Adds the settings that several options make together, such as the server of
 * --host, --port and --tls-starttls, once all options are read. Also adds
 * report = none for a submission if any option of the table was given. False
 * with ERROR_USAGE.
 */
bool msmtp_option_finish(struct options *options, struct error *err);

#endif
