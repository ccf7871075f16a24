/*
 * The checks of connections: source, proxy, reach.connect, ipv6, reach.port and
 * reach.second.
 */
#ifndef DOCTOR_REACH_CHECK_H
#define DOCTOR_REACH_CHECK_H

#include "doctor/diagnosis.h"

void reach_check_source(struct diagnosis *diagnosis);
void reach_check_proxy(struct diagnosis *diagnosis);
void reach_check_connect(struct diagnosis *diagnosis);
void reach_check_ipv6(struct diagnosis *diagnosis);
void reach_check_port(struct diagnosis *diagnosis);
void reach_check_second(struct diagnosis *diagnosis);

#endif
