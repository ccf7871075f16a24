/* Checks of what gets out of date: certificates and revocation lists. */
#ifndef DOCTOR_EXPIRY_CHECK_H
#define DOCTOR_EXPIRY_CHECK_H

#include "doctor/diagnosis.h"

void expiry_check_server(struct diagnosis *diagnosis); /* tls.expiry */
void expiry_check_lists(struct diagnosis *diagnosis);  /* tls.crl */
void expiry_check_client(struct diagnosis *diagnosis); /* tls.client */

#endif
