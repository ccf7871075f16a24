/* Judges whether the profile can log in. */
#ifndef DOCTOR_LOGIN_CHECK_H
#define DOCTOR_LOGIN_CHECK_H

#include "doctor/diagnosis.h"

void login_check_offer(struct diagnosis *diagnosis);  /* auth.offer */
void login_check_login(struct diagnosis *diagnosis);  /* auth.login */
void login_check_sender(struct diagnosis *diagnosis); /* mail.from */
/*
 * Makes the attempt if no check has. If a mail would fail, and no check says
 * so, this says it under mail.from: the findings must never look better than
 * what a mail would meet.
 */
void login_check_verdict(struct diagnosis *diagnosis);

#endif
