/* Checks of the caller's mail in the queue. Nothing there is changed. */
#ifndef DOCTOR_QUEUE_CHECK_H
#define DOCTOR_QUEUE_CHECK_H

#include "doctor/diagnosis.h"

/* queue: how much mail of the profile waits, why, and whether it is tried */
void queue_check_mail(struct diagnosis *diagnosis);
/* queue.dead: mail that could neither be sent nor returned */
void queue_check_dead(struct diagnosis *diagnosis);
/*
 * Whether the queue would keep a mail of the profile now; false with a
 * temporary error.
 */
bool queue_check_keeps(const struct profile *profile, struct error *err);

#endif
