/*
 * What sendmail's own letters do, in the words of Sendmail, Postfix and Exim:
 * -b, -q, -i, -o, -O, and the requests for delivery status notifications.
 */
#ifndef CLI_SENDMAIL_LETTERS_H
#define CLI_SENDMAIL_LETTERS_H

#include "cli/options.h"

/* The mode that -b with `rest` behind it asks for; false: refused. */
bool sendmail_letters_mode(
    const char *rest, enum mode *mode, struct error *err);
/* Whether it is -i or another spelling of it: -oi, -O IgnoreDots=true. */
bool sendmail_letters_ignores_dots(char letter, const char *value);
bool sendmail_letters_apply_debug(
    struct options *options, const char *rest, struct error *err);
bool sendmail_letters_apply_ignore_dots(
    struct options *options, const char *argument, struct error *err);
bool sendmail_letters_apply_o(
    struct options *options, const char *rest, struct error *err);
bool sendmail_letters_apply_option(
    struct options *options, const char *text, struct error *err);
bool sendmail_letters_apply_dsn_notify(
    struct options *options, const char *list, struct error *err);
bool sendmail_letters_apply_dsn_return(
    struct options *options, const char *word, struct error *err);
bool sendmail_letters_apply_envelope_id(
    struct options *options, const char *id, struct error *err);

#endif
