/* Judges what servers offer in their replies to EHLO. */
#ifndef DOCTOR_EXTENSION_CHECK_H
#define DOCTOR_EXTENSION_CHECK_H

#include "doctor/diagnosis.h"

void extension_check_again(struct diagnosis *diagnosis);  /* ehlo.again */
void extension_check_size(struct diagnosis *diagnosis);	  /* size */
void extension_check_others(struct diagnosis *diagnosis); /* extensions */

#endif
