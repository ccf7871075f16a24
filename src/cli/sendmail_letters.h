/*
 * What sendmail's letters mean, as Sendmail, Postfix and Exim have them: -b,
 * -d, -o, -O, and the requests for delivery status notifications.
 */
#ifndef CLI_SENDMAIL_LETTERS_H
#define CLI_SENDMAIL_LETTERS_H

#include "cli/options.h"

/* The mode that -b with `rest` behind it selects; false, with err: refused. */
bool sendmail_letters_find_mode(
    const char *rest, enum mode *mode, struct error *err);
/* Whether it is -i or another spelling of it: -oi, -O IgnoreDots=true. */
bool sendmail_letters_ignores_dots(char letter, const char *value);

/*
 * Each takes the value of one letter over into the options. False, with err,
 * if it is wrong; as sendmail a wrong -N, -R or -V becomes a warning instead.
 */
bool sendmail_letters_take_debug(
    struct options *options, const char *rest, struct error *err);
bool sendmail_letters_take_o(
    struct options *options, const char *rest, struct error *err);
bool sendmail_letters_take_option(
    struct options *options, const char *text, struct error *err);
bool sendmail_letters_take_dsn_notify(
    struct options *options, const char *list, struct error *err);
bool sendmail_letters_take_dsn_return(
    struct options *options, const char *word, struct error *err);
bool sendmail_letters_take_envelope_id(
    struct options *options, const char *id, struct error *err);

#endif
