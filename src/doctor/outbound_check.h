/*
 * What receivers find out about the address that mail comes from, where the
 * profile delivers by itself. (SPF: spf_check.h)
 */
#ifndef DOCTOR_OUTBOUND_CHECK_H
#define DOCTOR_OUTBOUND_CHECK_H

#include "doctor/diagnosis.h"

/* outbound: the address itself. */
void outbound_check_address(struct diagnosis *diagnosis);
/* dns.ptr: its name leads back to it. */
void outbound_check_name(struct diagnosis *diagnosis);
/* dns.helo: the name in EHLO leads to it. */
void outbound_check_ehlo(struct diagnosis *diagnosis);

#endif
