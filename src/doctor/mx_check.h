/*
 * The mail servers of a domain, where the profile delivers by itself (server =
 * mx:).
 */
#ifndef DOCTOR_MX_CHECK_H
#define DOCTOR_MX_CHECK_H

#include "doctor/diagnosis.h"

/* reach.mx: one of them answers at port 25. */
void mx_check_reach(struct diagnosis *diagnosis);
/* tls.dane for such a profile: their certificates fit their TLSA records. */
void mx_check_dane(struct diagnosis *diagnosis);
/* tls.mx: how the session is encrypted. */
void mx_check_tls(struct diagnosis *diagnosis);

#endif
