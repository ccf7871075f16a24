/* What a survey found, as lines for people: the output of --server-info. */
#ifndef CLI_SURVEY_TEXT_H
#define CLI_SURVEY_TEXT_H

#include <time.h>

#include "base/buf.h"
#include "doctor/survey.h"

/* Adds a line for each address whose certificate is not trusted. */
void survey_text_add_warnings(struct buf *out, const struct survey *survey);
/* Adds what a domain says about its servers. */
void survey_text_add_domain(
    struct buf *out, const struct survey_domain *domain);
/*
 * Adds a server and the results of its addresses. What is the same at two
 * addresses is shown once. `now` is for the days that certificates have left.
 */
void survey_text_add_server(
    struct buf *out, const struct survey_server *server, time_t now);

#endif
