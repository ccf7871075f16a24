/*
 * The checks of what a server says first: greeting, greeting.foreign,
 * greeting.mode, clock.greeting, ehlo and ehlo.starttls.
 */
#ifndef DOCTOR_GREETING_CHECK_H
#define DOCTOR_GREETING_CHECK_H

#include "doctor/diagnosis.h"

void greeting_check_greeting(struct diagnosis *diagnosis);
void greeting_check_foreign(struct diagnosis *diagnosis);
void greeting_check_mode(struct diagnosis *diagnosis);
void greeting_check_clock(struct diagnosis *diagnosis);
void greeting_check_ehlo(struct diagnosis *diagnosis);
void greeting_check_starttls(struct diagnosis *diagnosis);

#endif
