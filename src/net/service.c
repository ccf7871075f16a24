#include "net/service.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "net/errand.h"

#define HEADER_LEN ((size_t)12)
#define FLAG_ANSWER 0x8000U
#define FLAG_CUT_OFF 0x0200U
#define TYPE_CNAME 5
#define ALIASES_MAX 8
#define LABELS_MAX 128
#define RECORDS_MAX 1024
#define LABEL_POINTER 0xc0U

/* A packet, and how far it is read. */
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

/* What is no letter of host names or services becomes '?', which is in none. */
static char
letter_of(unsigned octet)
{
	char c = ascii_lower((char)(unsigned char)octet);

	return ascii_is_alnum(c) || c == '-' || c == '_' ? c : '?';
}

/* A label of len octets behind what is in name; *used counts. */
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
 * RFC 1035 section 4.1.4. Each pointer leads in front of where the last one
 * led, so there is an end.
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

/* The name in a record's data, from `from` to the data's very end. */
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

/* The header and the question, which must be ours. */
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

/* The alias of `name` among the records; *found: there is one. */
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

/*
 * Labels of letters, digits and inner hyphens; the last one is no number,
 * which would make it an address (RFC 1123 section 2.1).
 */
static bool
is_host_name(const char *name)
{
	struct span rest = span_from(name), label = {0};

	while (rest.len > 0) {
		size_t end = span_find(rest, '.');

		label = span_head(rest, end);
		rest = span_skip(rest, end + 1);
		if (label.len == 0 || label.len > 63 || label.at[0] == '-' ||
		    label.at[label.len - 1] == '-')
			return false;
		for (size_t i = 0; i < label.len; i++)
			if (!ascii_is_alnum(label.at[i]) && label.at[i] != '-')
				return false;
	}
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_digit(label.at[i]))
			return true;
	return false;
}

static bool
read_service(const struct reader *reader, const struct record *record,
    struct service *service)
{
	struct reader inner = {reader->packet, record->data};
	unsigned priority, weight, port;

	if (record->data_len < 7 || !read_number(&inner, &priority) ||
	    !read_number(&inner, &weight) || !read_number(&inner, &port) ||
	    !read_target(reader, record, 6, service->target))
		return false;
	service->priority = (unsigned short)priority;
	service->weight = (unsigned short)weight;
	service->port = (unsigned short)port;
	return true;
}

bool
service_read_answer(
    struct span answer, const char *name, struct service_list *list)
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
	for (unsigned i = 0; i < records && list->count < SERVICE_MAX; i++) {
		struct service *service = &list->items[list->count];

		if (!read_record(&reader, &record))
			return false;
		if (record.type != DNS_TYPE_SRV ||
		    record.class != DNS_CLASS_IN ||
		    !names_equal(record.owner, owner))
			continue;
		if (!read_service(&reader, &record, service))
			return false;
		if (service->target[0] == '\0' ||
		    (service->port != 0 && is_host_name(service->target)))
			list->count++;
	}
	return true;
}

#define PACKET_MAX ((size_t)65535)

/* The first octet of what the child says; behind it the packet. */
enum verdict {
	VERDICT_ANSWER = '0',
	VERDICT_NONE,
	VERDICT_SILENCE,
	VERDICT_FAILURE,
};

static enum verdict
verdict_of(int code)
{
	switch (code) {
	case HOST_NOT_FOUND:
	case NO_DATA:
		return VERDICT_NONE;
	case TRY_AGAIN:
		return VERDICT_SILENCE;
	}
	return VERDICT_FAILURE;
}

/* In the child; it asks by TCP where an answer does not fit (RFC 1035). */
static void
ask(const void *question, struct buf *answer)
{
	static unsigned char packet[PACKET_MAX];
	int len = res_query(
	    question, DNS_CLASS_IN, DNS_TYPE_SRV, packet, sizeof(packet));

	if (len < 0 || (size_t)len > sizeof(packet)) {
		buf_add_char(answer, (char)verdict_of(h_errno));
		return;
	}
	buf_add_char(answer, VERDICT_ANSWER);
	buf_add(answer, packet, (size_t)len);
}

/* A "." beside others means nothing; alone it is the answer. */
static void
drop_roots(struct service_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].target[0] != '\0')
			list->items[kept++] = list->items[i];
	list->count = kept;
}

static unsigned
draw(void *context, unsigned most)
{
	uint32_t number = 0;

	(void)context;
	/* The bias is of no weight: 2^22 is the most that 64 can sum up to. */
	random_octets(&number, sizeof(number));
	return (unsigned)(number % ((uint64_t)most + 1));
}

static enum service_result
read_packet(struct span packet, const char *name, struct service_list *list,
    struct buf *reason)
{
	const struct service_lot lot = {draw, NULL};
	bool has_root;

	if (!service_read_answer(packet, name, list)) {
		buf_add_text(reason, "the name server's answer is malformed");
		return SERVICE_TROUBLE;
	}
	has_root = list->count > 0;
	drop_roots(list);
	if (list->count > 0) {
		service_order(list, &lot);
		return SERVICE_FOUND;
	}
	if (has_root) {
		buf_add_text(reason, "the domain offers no such service");
		return SERVICE_REFUSED;
	}
	buf_add_text(reason, "no server that is named can be one");
	return SERVICE_NONE;
}

static enum service_result
read_answer(struct span answer, const char *name, struct service_list *list,
    struct buf *reason)
{
	switch (answer.len > 0 ? answer.at[0] : 0) {
	case VERDICT_ANSWER:
		return read_packet(span_skip(answer, 1), name, list, reason);
	case VERDICT_NONE:
		buf_add_text(reason, "the domain names no such service");
		return SERVICE_NONE;
	case VERDICT_SILENCE:
		buf_add_text(reason, "the name server does not answer");
		return SERVICE_TROUBLE;
	default:
		buf_add_text(reason, "the name server cannot tell");
		return SERVICE_TROUBLE;
	}
}

enum service_result
service_find(const char *service, const char *domain, int64_t deadline,
    struct service_list *list, struct buf *reason)
{
	struct buf name = {0}, answer = {.max = PACKET_MAX + 2};
	enum service_result result = SERVICE_TROUBLE;

	list->count = 0;
	/* RFC 1035 section 2.3.4, as text */
	if (strlen(service) + strlen("._tcp.") + strlen(domain) > 253) {
		buf_add_text(reason, "the domain is too long");
		return SERVICE_NONE;
	}
	buf_add_format(&name, "%s._tcp.%s", service, domain);
	switch (errand_run(ask, buf_text(&name), deadline, &answer)) {
	case ERRAND_DONE:
		result = read_answer(
		    buf_span(&answer), buf_text(&name), list, reason);
		break;
	case ERRAND_TIMEOUT:
		buf_add_text(reason, "the name server does not answer in time");
		break;
	case ERRAND_SIGNAL:
		buf_add_text(reason, "interrupted by a signal");
		result = SERVICE_SIGNAL;
		break;
	case ERRAND_FAILED:
		buf_add_format(reason, "the name server cannot be asked: %s",
		    errno != 0 ? strerror(errno) : "the resolver died");
		break;
	}
	buf_free(&name);
	buf_free(&answer);
	return result;
}

static void
swap(struct service *a, struct service *b)
{
	struct service kept = *a;

	*a = *b;
	*b = kept;
}

/* How many from `from` on have its priority. */
static size_t
count_equals(const struct service_list *list, size_t from)
{
	size_t to = from;

	while (to < list->count &&
	    list->items[to].priority == list->items[from].priority)
		to++;
	return to - from;
}

/* Those of weight 0 come first, so that they have a chance. */
static int
compare(const void *a, const void *b)
{
	const struct service *one = a, *other = b;

	if (one->priority != other->priority)
		return one->priority < other->priority ? -1 : 1;
	return (one->weight != 0) - (other->weight != 0);
}

static size_t
pick(const struct service *items, size_t count, const struct service_lot *lot)
{
	unsigned sum = 0, mark;

	for (size_t i = 0; i < count; i++)
		sum += items[i].weight;
	mark = lot->draw(lot->context, sum);
	sum = 0;
	for (size_t i = 0; i < count; i++) {
		sum += items[i].weight;
		if (sum >= mark)
			return i;
	}
	return 0;
}

void
service_order(struct service_list *list, const struct service_lot *lot)
{
	size_t from = 0;

	qsort(list->items, list->count, sizeof(list->items[0]), compare);
	while (from < list->count) {
		size_t count = count_equals(list, from);

		for (; count > 1; from++, count--) {
			size_t picked = pick(&list->items[from], count, lot);

			/* The others keep their order: zero weights first. */
			for (; picked > 0; picked--)
				swap(&list->items[from + picked],
				    &list->items[from + picked - 1]);
		}
		from++;
	}
}
