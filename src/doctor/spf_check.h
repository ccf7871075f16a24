/* Whether the SPF record of the sender's domain is in order. */
#ifndef DOCTOR_SPF_CHECK_H
#define DOCTOR_SPF_CHECK_H

#include "doctor/diagnosis.h"

/* dns.spf */
void spf_check_run(struct diagnosis *diagnosis);
/* dns.spf.pass: the result for the address that receivers see. */
void spf_check_pass(struct diagnosis *diagnosis);

#endif
