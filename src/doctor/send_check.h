/* Sends a test mail, if one is wanted. */
#ifndef DOCTOR_SEND_CHECK_H
#define DOCTOR_SEND_CHECK_H

#include "doctor/diagnosis.h"

void send_check_mail(struct diagnosis *diagnosis); /* mail.send */

#endif
