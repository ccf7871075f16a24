/*
 * One record of the log: the outcome for one recipient, or a warning. It can be
 * written as words NAME=VALUE for grep and awk, as a JSON object, or in the
 * native protocol of the journal.
 */
#ifndef CLI_LOG_RECORD_H
#define CLI_LOG_RECORD_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "envelope/envelope.h"
#include "profile/profile.h"

#define LOG_NO_USER ((uid_t)-1) /* the submitter is not known */

/* The facts that all records of a submission share. All of it is borrowed. */
struct log_facts {
	const char *profile;
	const char *server;		/* its URL; NULL: none was tried */
	const char *reverse_path;	/* "" is the null reverse-path */
	const char *message_id;		/* NULL: none is known */
	uint64_t size;			/* octets; 0: not known */
	uid_t uid;			/* the submitter, or LOG_NO_USER */
	const char *queue_id;		/* the mail that keeps it; NULL: none */
	enum log_recipients recipients; /* how they are named */
	const char *verified_by; /* direct delivery by TLS: what verified it */
};

enum log_kind {
	LOG_KIND_WORD,
	LOG_KIND_PATH, /* printed in angle brackets in a line of words */
	LOG_KIND_NUMBER,
	LOG_KIND_TEXT,	   /* the last of a line: it may hold blanks */
	LOG_KIND_SENTENCE, /* the same; foreign text in it is masked already */
};

struct log_field {
	const char *name;
	enum log_kind kind;
	bool is_known;
	struct buf value; /* ends in "..." if it was cut */
};

#define LOG_FIELDS_MAX 16

struct log_record {
	int priority; /* of syslog.h */
	struct log_field fields[LOG_FIELDS_MAX];
	size_t count;
};

/* The facts written before a record. */
struct log_stamp {
	enum log_form to;
	enum log_format format;
	time_t now;
	pid_t pid;
};

/* These fill a record that is all zero. log_record_free frees it. */
void log_record_recipient(struct log_record *record,
    const struct log_facts *facts, const struct recipient *recipient);
/* Only the first line of `text` is logged; it is a sentence. */
void log_record_warning(struct log_record *record,
    const struct log_facts *facts, int priority, struct span text);
void log_record_free(struct log_record *record);

/*
 * Public for the tests. Adds "profile=work server=... text=Ok". Unprintable
 * octets are masked, and blanks too, except in the text at the end.
 */
void log_record_add_words(struct buf *out, const struct log_record *record);
/*
 * Public for the tests. Adds one field in the native protocol of the journal.
 * The name must be in capitals.
 */
void log_record_add_journal_entry(
    struct buf *out, const char *name, struct span value);
/* Adds the octets of one write: a line for a file, a message for a daemon. */
void log_record_add_stamped(struct buf *out, const struct log_stamp *stamp,
    const struct log_record *record);

#endif
