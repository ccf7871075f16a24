/* The test mail of --doctor --send. */
#ifndef CLI_DOCTOR_MAIL_H
#define CLI_DOCTOR_MAIL_H

#include "cli/options.h"
#include "doctor/diagnosis.h"

/*
 * Sends a small mail to diagnosis->send_to, as a call of smtpost would, but
 * keeps nothing in the queue. The secret was fetched. False, with err: the mail
 * could not be made.
 */
bool doctor_mail_send(struct diagnosis *diagnosis,
    const struct options *options, struct outcome *outcome, struct error *err);

#endif
