/*
 * Whether the DNS of the sender's domain says what receivers look for. (SPF:
 * spf_check.h)
 */
#ifndef DOCTOR_DOMAIN_CHECK_H
#define DOCTOR_DOMAIN_CHECK_H

#include "doctor/diagnosis.h"

/* dns.mx: answers can arrive. */
void domain_check_mx(struct diagnosis *diagnosis);
/* dns.dkim: the key of the mail service is published. */
void domain_check_dkim(struct diagnosis *diagnosis);
/* dns.dmarc: there is a policy, and mail can meet it. */
void domain_check_dmarc(struct diagnosis *diagnosis);

#endif
