/*
 * Runs the checks of the table, and decides which of them can be judged after
 * what earlier ones found.
 */
#ifndef DOCTOR_CHECKUP_H
#define DOCTOR_CHECKUP_H

#include "doctor/diagnosis.h"

/*
 * Runs the checks in order, and only those that are selected or needed. A check
 * whose needed step failed is skipped. A check that is needed but not selected
 * leaves a finding only if that is a failure.
 */
void checkup_run(struct diagnosis *diagnosis);

#endif
