/* Whether the certificates fit the TLSA records of their servers (DANE). */
#ifndef DOCTOR_DANE_CHECK_H
#define DOCTOR_DANE_CHECK_H

#include "doctor/diagnosis.h"

/* tls.dane */
void dane_check_run(struct diagnosis *diagnosis);

#endif
