/*
 * Judges every address of the survey by the same rule, and says once what is
 * true of several: "the certificate of a.example, b.example (192.0.2.5) ...".
 */
#ifndef DOCTOR_JUDGEMENT_H
#define DOCTOR_JUDGEMENT_H

#include <stdbool.h>

#include "doctor/diagnosis.h"

/* Stands in a text or a hint for the servers that it is about. */
#define JUDGEMENT_PLACE "\1"

struct judgement {
	struct diagnosis *diagnosis;
	const struct survey_server *server;
	const struct survey_address *address;
	enum obstacle_kind obstacle; /* what is in the way of it */
	const char *id;		     /* of the check */
	struct finding *found; /* what judgement_add added; NULL: nothing */
	struct findings list;
};

/* What is said of this address; at most once. */
struct finding *judgement_add(struct judgement *judgement,
    enum severity severity, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/*
 * Calls `judge` for every address, which adds what it says of it, and then adds
 * the findings to the diagnosis. False: nothing was said.
 */
bool judgement_gather(struct diagnosis *diagnosis, const char *id,
    void (*judge)(struct judgement *judgement));

#endif
