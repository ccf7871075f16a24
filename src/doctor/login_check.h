/* Judges whether the profile can log in. */
#ifndef DOCTOR_LOGIN_CHECK_H
#define DOCTOR_LOGIN_CHECK_H

#include "doctor/diagnosis.h"

void login_check_offer(struct diagnosis *diagnosis);  /* auth.offer */
void login_check_login(struct diagnosis *diagnosis);  /* auth.login */
void login_check_sender(struct diagnosis *diagnosis); /* mail.from */

#endif
