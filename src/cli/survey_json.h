/* What a survey found, in JSON: the same for --server-info and --doctor. */
#ifndef CLI_SURVEY_JSON_H
#define CLI_SURVEY_JSON_H

#include "base/buf.h"
#include "doctor/survey.h"

/* The most that survey_json_add adds. */
#define SURVEY_JSON_MAX ((size_t)256 * 1024 * 1024)

/* Adds the member "servers", and "domains" if there is srv: in the profile. */
void survey_json_add(struct buf *out, const struct survey *survey);

#endif
