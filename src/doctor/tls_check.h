/* Checks of TLS: of the handshake, and of the server's certificate. */
#ifndef DOCTOR_TLS_CHECK_H
#define DOCTOR_TLS_CHECK_H

#include "doctor/diagnosis.h"

void tls_check_version(struct diagnosis *diagnosis);   /* tls.version */
void tls_check_intercept(struct diagnosis *diagnosis); /* tls.intercept */
void tls_check_trust(struct diagnosis *diagnosis);     /* tls.trust */
void tls_check_name(struct diagnosis *diagnosis);      /* tls.name */
void tls_check_staple(struct diagnosis *diagnosis);    /* tls.staple */
void tls_check_pin(struct diagnosis *diagnosis);       /* tls.pin */

#endif
