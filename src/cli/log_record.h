/*
 * One record of the log: what became of one recipient, or a warning. It can be
 * written as words NAME=VALUE for grep and awk, as an object in JSON, or as
 * the fields of the journal. Knows nothing of where the record goes.
 */
#ifndef CLI_LOG_RECORD_H
#define CLI_LOG_RECORD_H

#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "envelope/envelope.h"

#define LOG_NO_USER ((uid_t)-1) /* nobody knows who submitted it */

/* What the records of a submission have in common; all of it borrowed. */
struct log_facts {
	const char *profile;
	const char *server;	  /* its URL; NULL: none was tried */
	const char *reverse_path; /* "" is the null reverse-path */
	const char *message_id;	  /* NULL: none is known */
	uint64_t size;		  /* octets; 0: not known */
	uid_t uid;		  /* who submitted it, or LOG_NO_USER */
};

enum log_kind {
	LOG_KIND_WORD,
	LOG_KIND_PATH, /* in angle brackets where it is one of many words */
	LOG_KIND_NUMBER,
	LOG_KIND_TEXT,	   /* the last of a line: it may hold blanks */
	LOG_KIND_SENTENCE, /* the same, and what is foreign is masked */
};

struct log_field {
	const char *name;
	enum log_kind kind;
	bool is_known;
	struct buf value; /* ends in "..." where it was cut */
};

#define LOG_FIELDS_MAX 16

struct log_record {
	int priority; /* of syslog.h */
	struct log_field fields[LOG_FIELDS_MAX];
	size_t count;
};

/* Each fills a record that is all zero. */
void log_record_recipient(struct log_record *record,
    const struct log_facts *facts, const struct recipient *recipient);
/* A sentence: only its first line counts. */
void log_record_warning(struct log_record *record,
    const struct log_facts *facts, int priority, struct span text);
void log_record_free(struct log_record *record);

/*
 * profile=work server=... text=Ok. What does not print is masked, and so are
 * blanks, except in the text at the end.
 */
void log_record_add_words(struct buf *out, const struct log_record *record);
/* "profile":"work","server":..., without the braces. */
void log_record_add_json(struct buf *out, const struct log_record *record);
/* SMTPOST_PROFILE=work and so on, in the journal's native protocol. */
void log_record_add_journal(struct buf *out, const struct log_record *record);
/* One field of that protocol; the name in capitals. */
void log_record_add_journal_entry(
    struct buf *out, const char *name, struct span value);
/* The word for the priority: "info", "err". */
const char *log_record_priority_name(int priority);

#endif
