/* What is in a leaf: gathered from its lines, in pieces of any size. */
#ifndef MAIL_MIME_FACTS_H
#define MAIL_MIME_FACTS_H

#include "mail/mime.h"

struct mime_count {
	struct mime_facts facts;
	uint64_t line;		      /* octets in the line, until now */
	unsigned char need, low, high; /* of the UTF-8 character under way */
	char last;		      /* the octet before */
	/* The first octets, where they are wanted; line ends are LF. */
	bool keeps_head;
	char head[DOCUMENT_HEAD_MAX];
	size_t head_len;
};

void mime_count_begin(struct mime_count *count);
void mime_count_take(struct mime_count *count, struct span part);
void mime_count_end_line(struct mime_count *count);

#endif
