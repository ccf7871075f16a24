/*
 * What sendmail's own letters do, in the words of Sendmail, Postfix and Exim:
 * -b, -q, -i, -o, -O, and the requests for delivery status notifications.
 */
#ifndef CLI_SENDMAIL_LETTERS_H
#define CLI_SENDMAIL_LETTERS_H

#include "cli/options.h"

bool apply_mode(
    struct options *options, const char *rest, struct error *err);
bool apply_initialize(
    struct options *options, const char *argument, struct error *err);
bool apply_queue(
    struct options *options, const char *rest, struct error *err);
bool apply_ignore_dots(
    struct options *options, const char *argument, struct error *err);
bool apply_letter_o(
    struct options *options, const char *rest, struct error *err);
bool apply_sendmail_option(
    struct options *options, const char *text, struct error *err);
bool apply_dsn_notify(
    struct options *options, const char *list, struct error *err);
bool apply_dsn_return(
    struct options *options, const char *word, struct error *err);
bool apply_envelope_id(
    struct options *options, const char *id, struct error *err);

#endif
