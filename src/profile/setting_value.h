/*
 * What settings mean once they are read: the words of a choice, a server, a
 * list of names. Part of profile.h, which includes it. The order in an enum is
 * that of its words in the settings table.
 */
#ifndef PROFILE_SETTING_VALUE_H
#define PROFILE_SETTING_VALUE_H

#include <stddef.h>

enum scheme {
	SCHEME_SMTP,  /* STARTTLS; port 587 */
	SCHEME_SMTPS, /* TLS from the start; port 465 */
};

struct server {
	enum scheme scheme;
	char *host; /* A-labels or an address without brackets */
	unsigned short port;
	char *url; /* with port, for reports: "smtps://mail.example.com:465" */
};

enum tls_policy {
	TLS_POLICY_REQUIRED,
	TLS_POLICY_OPPORTUNISTIC,
	TLS_POLICY_NONE,
};

enum header_policy { HEADER_POLICY_KEEP, HEADER_POLICY_COMPLETE };
enum partial { PARTIAL_BEST_EFFORT, PARTIAL_ALL_OR_NOTHING };
enum extension_use { EXTENSION_AUTO, EXTENSION_NEVER };
enum report_form { REPORT_NONE, REPORT_TEXT, REPORT_JSON };

struct name_list {
	char **names;
	size_t count;
};

#endif
