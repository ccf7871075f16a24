/*
 * Reads the records in a DNS answer, following CNAME records. The answer
 * comes from the network and is untrusted: no octet outside the packet is
 * read, compression pointers must lead backwards, and every loop is bounded.
 */
#include "net/dns_answer.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define HEADER_LEN ((size_t)12)
#define FLAG_ANSWER 0x8000U
#define FLAG_CUT_OFF 0x0200U
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
read_head(struct reader *reader, const char *name, enum dns_type wanted,
    unsigned *records)
{
	unsigned id, flags, questions, others, type, class;
	char asked[DNS_NAME_ROOM];

	return read_number(reader, &id) && read_number(reader, &flags) &&
	    (flags & FLAG_ANSWER) != 0 && (flags & FLAG_CUT_OFF) == 0 &&
	    read_number(reader, &questions) && questions == 1 &&
	    read_number(reader, records) && *records <= RECORDS_MAX &&
	    read_number(reader, &others) && read_number(reader, &others) &&
	    read_name(reader, asked) && names_equal(asked, name) &&
	    read_number(reader, &type) && type == wanted &&
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
		if (*found || record.type != DNS_CNAME ||
		    record.class != DNS_CLASS_IN ||
		    !names_equal(record.owner, name))
			continue;
		if (!read_target(&reader, &record, 0, name))
			return false;
		*found = true;
	}
	return true;
}

/* Keeps octets of the packet; read_records sets their address. */
static void
keep_data(struct dns_records *list, struct dns_record *kept, struct span data)
{
	buf_add_span(&list->data, data);
	kept->data.len += data.len;
}

/* RFC 1035 section 3.3.14: each string has its length in front of it. */
static bool
read_strings(
    struct span data, struct dns_records *list, struct dns_record *kept)
{
	while (data.len > 0) {
		size_t len = (unsigned char)data.at[0];

		data = span_skip(data, 1);
		if (len > data.len)
			return false;
		keep_data(list, kept, span_head(data, len));
		data = span_skip(data, len);
		kept->strings++;
	}
	return kept->strings > 0;
}

static bool
read_data(const struct reader *reader, enum dns_type type,
    const struct record *record, struct dns_records *list,
    struct dns_record *kept)
{
	struct reader inner = {reader->packet, record->data};
	struct span data = span_head(
	    span_skip(reader->packet, record->data), record->data_len);
	unsigned priority = 0, weight = 0, port = 0;
	size_t from = 0;

	switch (type) {
	case DNS_A:
	case DNS_AAAA:
	case DNS_TLSA:
		if (type == DNS_TLSA ? data.len < 3
				     : data.len != (type == DNS_A ? 4 : 16))
			return false;
		keep_data(list, kept, data);
		return true;
	case DNS_TXT:
		return read_strings(data, list, kept);
	case DNS_SRV:
		from = 6;
		break;
	case DNS_MX:
		from = 2;
		break;
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		break;
	}
	if (data.len <= from || (from > 0 && !read_number(&inner, &priority)) ||
	    (from > 2 &&
		(!read_number(&inner, &weight) ||
		    !read_number(&inner, &port))) ||
	    !read_target(reader, record, from, kept->target))
		return false;
	kept->priority = (unsigned short)priority;
	kept->weight = (unsigned short)weight;
	kept->port = (unsigned short)port;
	return true;
}

static bool
read_records(struct reader reader, unsigned records, enum dns_type type,
    struct dns_records *list)
{
	struct record record;
	const char *data;

	for (unsigned i = 0; i < records; i++) {
		if (!read_record(&reader, &record))
			return false;
		if (record.type != type || record.class != DNS_CLASS_IN ||
		    !names_equal(record.owner, list->owner))
			continue;
		if (!read_data(&reader, type, &record, list,
			mem_append(
			    &list->items, &list->count, sizeof(*list->items))))
			return false;
	}
	data = list->data.data;
	for (size_t i = 0; i < list->count; i++) {
		list->items[i].data.at = data;
		if (list->items[i].data.len > 0)
			data += list->items[i].data.len;
	}
	return true;
}

static bool
read_all(struct span answer, const char *name, enum dns_type type,
    struct dns_records *list)
{
	struct reader reader = {answer, 0};
	unsigned records;
	bool is_alias = type != DNS_CNAME;

	/* The root, as text */
	if (strcmp(name, ".") == 0)
		name = "";
	buf_init(&list->data, answer.len + 1);
	if (strlen(name) >= sizeof(list->owner))
		return false;
	/* Written as the names in the packet will be */
	for (size_t i = 0; name[i] != '\0'; i++)
		list->owner[i] =
		    name[i] == '.' ? '.' : letter_of((unsigned char)name[i]);
	list->owner[strlen(name)] = '\0';
	if (!read_head(&reader, list->owner, type, &records))
		return false;
	for (int i = 0; is_alias && i < ALIASES_MAX; i++)
		if (!follow_alias(&reader, records, list->owner, &is_alias))
			return false;
	return read_records(reader, records, type, list);
}

bool
dns_answer_read(struct span answer, const char *name, enum dns_type type,
    struct dns_records *list)
{
	if (read_all(answer, name, type, list))
		return true;
	dns_answer_free(list);
	return false;
}

void
dns_answer_free(struct dns_records *list)
{
	free(list->items);
	buf_free(&list->data);
	*list = (struct dns_records){0};
}
