/* The checks of host names: name.srv, name.host, name.private, name.invented.
 */
#ifndef DOCTOR_NAME_CHECK_H
#define DOCTOR_NAME_CHECK_H

#include "doctor/diagnosis.h"

void name_check_srv(struct diagnosis *diagnosis);
void name_check_host(struct diagnosis *diagnosis);
void name_check_private(struct diagnosis *diagnosis);
void name_check_invented(struct diagnosis *diagnosis);

#endif
