/*
 * The checks of --doctor, in the order in which a mail would meet what they
 * look at. A new check is a row of the table; smtpost-doctor(1) lists the ids.
 */
#ifndef DOCTOR_CHECK_TABLE_H
#define DOCTOR_CHECK_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct diagnosis;

struct check {
	const char *id;
	/*
	 * The step without which it cannot be judged: an earlier row; NULL:
	 * none. If that step failed, or was skipped because of a failure, this
	 * one is skipped.
	 */
	const char *needs;
	/* It is about a server of the profile: skipped with server = mx:. */
	bool is_of_server;
	/* What it looks at, in a few words: "the certificate's dates". */
	const char *title;
	/* Adds at least one finding with its id. Never prints. */
	void (*run)(struct diagnosis *diagnosis);
};

extern const struct check check_table[];
extern const size_t check_table_count;

/* The index of the check; check_table_count: there is none. */
size_t check_table_find(const char *id);

#endif
