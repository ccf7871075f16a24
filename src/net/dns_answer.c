/*
 * Reads the SRV records in a DNS answer, following CNAME records. The answer
 * comes from the network and is untrusted: no octet outside the packet is
 * read, compression pointers must lead backwards, and every loop is bounded.
 */
#include "net/dns_answer.h"

#include <stddef.h>
#include <string.h>

#include "address/domain.h"

#define HEADER_LEN ((size_t)12)
#define FLAG_ANSWER 0x8000U
#define FLAG_CUT_OFF 0x0200U
#define TYPE_CNAME 5
#define ALIASES_MAX 8
#define LABELS_MAX 128
#define RECORDS_MAX 1024
#define LABEL_POINTER 0xc0U

/* A packet, and the offset up to which it has been read. */
struct reader {
	struct span packet;
	size_t at;
};

struct record {
	char owner[DNS_NAME_ROOM];
	unsigned type, class;
	size_t data, data_len; /* within the packet */
};

static bool
read_octet(struct reader *reader, unsigned *octet)
{
	if (reader->at >= reader->packet.len)
		return false;
	*octet = (unsigned char)reader->packet.at[reader->at++];
	return true;
}

static bool
read_number(struct reader *reader, unsigned *number)
{
	unsigned high, low;

	if (!read_octet(reader, &high) || !read_octet(reader, &low))
		return false;
	*number = high << 8 | low;
	return true;
}

/* Replaces a character that is not allowed in host and service names by '?'. */
static char
letter_of(unsigned octet)
{
	char c = ascii_lower((char)(unsigned char)octet);

	return ascii_is_alnum(c) || c == '-' || c == '_' ? c : '?';
}

/* Appends a label of len octets to the *used octets in name. */
static bool
read_label(struct reader *reader, unsigned len, char *name, size_t *used)
{
	if (*used + (*used > 0) + len >= DNS_NAME_ROOM)
		return false;
	if (*used > 0)
		name[(*used)++] = '.';
	for (unsigned i = 0; i < len; i++) {
		unsigned octet;

		if (!read_octet(reader, &octet))
			return false;
		name[(*used)++] = letter_of(octet);
	}
	return true;
}

/*
 * RFC 1035 section 4.1.4. Each compression pointer must lead further back than
 * the one before, so the loop ends.
 */
static bool
read_name(struct reader *reader, char *name)
{
	struct reader inner = *reader;
	size_t used = 0, limit = reader->at;
	bool has_jumped = false;

	for (int labels = 0; labels < LABELS_MAX; labels++) {
		unsigned len, low;

		if (!read_octet(&inner, &len))
			return false;
		if ((len & LABEL_POINTER) == LABEL_POINTER) {
			size_t target;

			if (!read_octet(&inner, &low))
				return false;
			if (!has_jumped)
				reader->at = inner.at;
			has_jumped = true;
			target = (size_t)(len & ~LABEL_POINTER) << 8 | low;
			if (target < HEADER_LEN || target >= limit)
				return false;
			limit = inner.at = target;
			continue;
		}
		if ((len & LABEL_POINTER) != 0)
			return false; /* reserved */
		if (len > 0) {
			if (!read_label(&inner, len, name, &used))
				return false;
			continue;
		}
		name[used] = '\0';
		if (!has_jumped)
			reader->at = inner.at;
		return true;
	}
	return false;
}

static bool
read_record(struct reader *reader, struct record *record)
{
	unsigned ttl_high, ttl_low, len;

	if (!read_name(reader, record->owner) ||
	    !read_number(reader, &record->type) ||
	    !read_number(reader, &record->class) ||
	    !read_number(reader, &ttl_high) || !read_number(reader, &ttl_low) ||
	    !read_number(reader, &len))
		return false;
	if (len > reader->packet.len - reader->at)
		return false;
	record->data = reader->at;
	record->data_len = len;
	reader->at += len;
	return true;
}

/* Reads the name at offset `from` in a record's data, which must end there. */
static bool
read_target(const struct reader *reader, const struct record *record,
    size_t from, char *name)
{
	size_t end = record->data + record->data_len;
	struct reader inner = {
	    span_head(reader->packet, end), record->data + from};

	return read_name(&inner, name) && inner.at == end;
}

static bool
names_equal(const char *a, const char *b)
{
	return span_equal_nocase(span_from(a), span_from(b));
}

/* Reads the header and the question, which must be the question we sent. */
static bool
read_head(struct reader *reader, const char *name, unsigned *records)
{
	unsigned id, flags, questions, others, type, class;
	char asked[DNS_NAME_ROOM];

	return read_number(reader, &id) && read_number(reader, &flags) &&
	    (flags & FLAG_ANSWER) != 0 && (flags & FLAG_CUT_OFF) == 0 &&
	    read_number(reader, &questions) && questions == 1 &&
	    read_number(reader, records) && *records <= RECORDS_MAX &&
	    read_number(reader, &others) && read_number(reader, &others) &&
	    read_name(reader, asked) && names_equal(asked, name) &&
	    read_number(reader, &type) && type == DNS_TYPE_SRV &&
	    read_number(reader, &class) && class == DNS_CLASS_IN;
}

/* Replaces `name` by its alias; *found is whether it has one. */
static bool
follow_alias(
    const struct reader *start, unsigned records, char *name, bool *found)
{
	struct reader reader = *start;
	struct record record;

	*found = false;
	for (unsigned i = 0; i < records; i++) {
		if (!read_record(&reader, &record))
			return false;
		if (*found || record.type != TYPE_CNAME ||
		    record.class != DNS_CLASS_IN ||
		    !names_equal(record.owner, name))
			continue;
		if (!read_target(&reader, &record, 0, name))
			return false;
		*found = true;
	}
	return true;
}

/* A name whose last label is a number is an address (RFC 1123 section 2.1). */
static bool
is_host_name(struct span name)
{
	return domain_is_ldh(name) && !domain_ends_in_number(name);
}

static bool
read_srv(const struct reader *reader, const struct record *record,
    struct srv_record *srv)
{
	struct reader inner = {reader->packet, record->data};
	unsigned priority, weight, port;

	if (record->data_len < 7 || !read_number(&inner, &priority) ||
	    !read_number(&inner, &weight) || !read_number(&inner, &port) ||
	    !read_target(reader, record, 6, srv->target))
		return false;
	srv->priority = (unsigned short)priority;
	srv->weight = (unsigned short)weight;
	srv->port = (unsigned short)port;
	return true;
}

bool
dns_answer_read(struct span answer, const char *name, struct srv_records *list)
{
	struct reader reader = {answer, 0}, start;
	char owner[DNS_NAME_ROOM];
	struct record record;
	unsigned records;
	bool is_alias = true;

	list->count = 0;
	if (strlen(name) >= sizeof(owner) ||
	    !read_head(&reader, name, &records))
		return false;
	memcpy(owner, name, strlen(name) + 1);
	start = reader;
	for (int i = 0; is_alias && i < ALIASES_MAX; i++)
		if (!follow_alias(&start, records, owner, &is_alias))
			return false;
	for (unsigned i = 0; i < records && list->count < SRV_RECORDS_MAX;
	     i++) {
		struct srv_record *srv = &list->items[list->count];

		if (!read_record(&reader, &record))
			return false;
		if (record.type != DNS_TYPE_SRV ||
		    record.class != DNS_CLASS_IN ||
		    !names_equal(record.owner, owner))
			continue;
		if (!read_srv(&reader, &record, srv))
			return false;
		if (srv->target[0] == '\0' ||
		    (srv->port != 0 && is_host_name(span_from(srv->target))))
			list->count++;
	}
	return true;
}
