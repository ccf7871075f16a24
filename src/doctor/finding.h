/*
 * What a check of --doctor found: its severity, a sentence, and what the user
 * can write to mend it. Texts may hold octets from elsewhere; what prints
 * them masks them. Texts that are too long are cut, and then end in "...".
 */
#ifndef DOCTOR_FINDING_H
#define DOCTOR_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

enum severity {
	SEVERITY_OK,
	SEVERITY_NOTE, /* never changes the exit status */
	SEVERITY_WARNING,
	SEVERITY_FAILURE, /* a mail would not get through */
	SEVERITY_SKIPPED,
};

/* A line to write: a setting of the profile, or a DNS record. */
struct remedy {
	const char *setting;  /* static; NULL: it is a DNS record */
	char *dns_name;	      /* of a DNS record */
	const char *dns_type; /* static: "TXT" */
	char *value;
};

/* A fact for the JSON report. */
struct datum {
	const char *key; /* static: "not-after" */
	char *text;
	bool is_number; /* the text is one */
};

struct finding {
	const char *id; /* static: of the check */
	enum severity severity;
	char *subject; /* "mail.example.com:465"; NULL: none */
	char *text;    /* lower case, no full stop */
	char *hint;    /* NULL: none */
	struct remedy *remedies;
	size_t remedy_count;
	struct datum *data;
	size_t datum_count;
	/* Of SEVERITY_SKIPPED: the step that failed; NULL: it does not apply */
	const char *needs;
	bool is_unknown;  /* SEVERITY_SKIPPED: it should have been judged */
	int64_t duration; /* milliseconds; -1: not measured */
};

struct findings {
	struct finding **items; /* in order; each stays at its address */
	size_t count;
};

/* "ok", "note", "warning", "failure", "skipped" */
const char *finding_severity_name(enum severity severity);
/* Adds a finding; the text is printf-like. The functions below complete it. */
struct finding *finding_add(struct findings *findings, const char *id,
    enum severity severity, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/*
 * The same, unless a finding of that check has this severity and this text:
 * then that one.
 */
struct finding *finding_add_once(struct findings *findings, const char *id,
    enum severity severity, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/*
 * Adds that a check could not find out what it should: the text says why.
 * Without a worse finding, the exit status is then 3.
 */
struct finding *finding_add_unknown(struct findings *findings, const char *id,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Adds an error: its sentence, and the lines after it as the hint. */
struct finding *finding_add_error(struct findings *findings, const char *id,
    enum severity severity, const struct error *err);
/* Adds a note for each line. */
void finding_add_notes(
    struct findings *findings, const char *id, struct span lines);
/* Adds that a check cannot judge anything because that step failed. */
void finding_add_skipped(
    struct findings *findings, const char *id, const char *needs);
/* Puts a finding at the end, and takes ownership of it. */
void finding_append(struct findings *findings, struct finding *finding);
void finding_set_subject(struct finding *finding, const char *subject);
/* Replaces the hint. */
void finding_set_hint(struct finding *finding, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void finding_add_setting(
    struct finding *finding, const char *setting, const char *value);
void finding_add_record(struct finding *finding, const char *name,
    const char *type, const char *value);
void finding_add_text(
    struct finding *finding, const char *key, const char *text);
void finding_add_number(
    struct finding *finding, const char *key, int64_t number);
/*
 * Adds a place to a list for a text, "a.example, b.example port 465", unless it
 * is the last one there: two servers of one host may differ in the port only.
 */
void finding_list_place(struct buf *list, struct span place);
/*
 * The worst severity that a check found; SEVERITY_SKIPPED if it judged nothing.
 */
enum severity finding_worst(const struct findings *findings, const char *id);
/* The first finding of a check; NULL: there is none. */
const struct finding *finding_of(
    const struct findings *findings, const char *id);
/* The id of the first failure; NULL: there is none. */
const char *finding_first_failure(const struct findings *findings);
void finding_free(struct finding *finding);
void finding_free_all(struct findings *findings);

#endif
