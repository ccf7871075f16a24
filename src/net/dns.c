/*
 * Looks up records with the system's resolver, in a child process, because the
 * resolver has no deadline of ours. Whether the answer was validated (DNSSEC)
 * is known by its AD bit alone: the resolver is never asked for signatures,
 * since systemd-resolved then copies the bit from a server that it does not
 * trust.
 */
#include "net/dns.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <resolv.h>
#include <string.h>

#include "base/file.h"
#include "net/errand.h"
#include "net/host.h"

#define PACKET_MAX ((size_t)65535)
#define RESOLV_CONF_MAX ((size_t)64 * 1024)
#define ALIASES_MAX 8
#define HEADER_LEN 12
/* In the third octet of a packet, and in the fourth */
#define FLAG_CUT_OFF 0x02
#define FLAG_AUTHENTIC 0x20
#define MASK_CODE 0x0f
#define CODE_OK 0
#define CODE_NO_NAME 3

/* The first octet of the child's answer; the DNS packet follows it. */
enum verdict {
	VERDICT_AUTHENTIC = '0',
	VERDICT_CLAIMED, /* says that it is, but the server is not trusted */
	VERDICT_ANSWER,
	VERDICT_NO_NAME,
	VERDICT_NO_DATA,
	VERDICT_SILENCE,
	VERDICT_FAILURE,
};

struct question {
	const char *name;
	enum dns_type type;
};

bool
dns_is_trusted(struct span text)
{
	struct span line, word;
	bool is_trusted = true;

	while (span_next_word(&text, "\n", &line)) {
		if (ascii_is_blank(line.at[0]) ||
		    !span_next_word(&line, " \t\r", &word))
			continue;
		if (span_equal(word, SPAN("options"))) {
			while (span_next_word(&line, " \t\r", &word))
				if (span_equal(word, SPAN("trust-ad")))
					return true;
		} else if (span_equal(word, SPAN("nameserver"))) {
			struct host_address address = {0};
			char name[64] = "";

			if (span_next_word(&line, " \t\r", &word) &&
			    word.len < sizeof(name))
				memcpy(name, word.at, word.len);
			/* Docker's server, which passes any bit on */
			if (strcmp(name, "127.0.0.11") == 0 ||
			    !host_parse_address(&address, name) ||
			    !host_is_loopback(&address.socket))
				is_trusted = false;
		}
	}
	/* Without a name server, the resolver asks this machine. */
	return is_trusted;
}

bool
dns_system_is_trusted(void)
{
	struct buf text = {.max = RESOLV_CONF_MAX};
	struct error err = {0};
	bool is_trusted;

	if (file_read_path(
		_PATH_RESCONF, FILE_REGULAR, &text, ERROR_TEMPORARY, &err))
		is_trusted = dns_is_trusted(buf_span(&text));
	else
		is_trusted = errno == ENOENT;
	buf_free(&text);
	return is_trusted;
}

/*
 * On an answer without records. Resolvers take one that is cut off for empty,
 * but it does not show that there is no such record.
 */
static enum verdict
verdict_on_none(const unsigned char *packet)
{
	return (packet[2] & FLAG_CUT_OFF) != 0 ? VERDICT_FAILURE
					       : VERDICT_NO_DATA;
}

/* Of a look-up that failed; if with NO_DATA, the packet holds an answer. */
static enum verdict
verdict_of(int code, const unsigned char *packet)
{
	switch (code) {
	case HOST_NOT_FOUND:
		return VERDICT_NO_NAME;
	case NO_DATA:
		return verdict_on_none(packet);
	case TRY_AGAIN:
		return VERDICT_SILENCE;
	}
	return VERDICT_FAILURE;
}

/* Not every resolver looks at the code and the number of records itself. */
static enum verdict
verdict_on(const unsigned char *packet, size_t len)
{
	if (len < HEADER_LEN)
		return VERDICT_FAILURE;
	switch (packet[3] & MASK_CODE) {
	case CODE_OK:
		break;
	case CODE_NO_NAME:
		return VERDICT_NO_NAME;
	default:
		return VERDICT_FAILURE;
	}
	if (packet[6] == 0 && packet[7] == 0)
		return verdict_on_none(packet);
	if ((packet[3] & FLAG_AUTHENTIC) == 0)
		return VERDICT_ANSWER;
	return dns_system_is_trusted() ? VERDICT_AUTHENTIC : VERDICT_CLAIMED;
}

/* Runs in the child. The resolver uses TCP if an answer is truncated. */
static void
ask(const void *context, struct buf *answer)
{
	static unsigned char packet[PACKET_MAX];
	const struct question *question = context;
	enum verdict verdict;
	int len;

	res_init();
#ifdef RES_TRUSTAD
	_res.options |= RES_TRUSTAD;
#endif
	len = res_query(question->name, DNS_CLASS_IN, (int)question->type,
	    packet, sizeof(packet));
	if (len < 0 || (size_t)len > sizeof(packet)) {
		buf_add_char(answer, (char)verdict_of(h_errno, packet));
		return;
	}
	verdict = verdict_on(packet, (size_t)len);
	buf_add_char(answer, (char)verdict);
	if (verdict <= VERDICT_ANSWER)
		buf_add(answer, packet, (size_t)len);
}

/* *is_alias: the answer has only aliases, which lead to list->owner. */
static enum dns_result
read_answer(struct span answer, const struct question *question,
    struct dns_records *list, bool *is_alias, struct buf *reason)
{
	switch (answer.len > 0 ? answer.at[0] : 0) {
	case VERDICT_AUTHENTIC:
		list->is_authentic = true;
		list->is_claimed_authentic = true;
		break;
	case VERDICT_CLAIMED:
		list->is_claimed_authentic = true;
		break;
	case VERDICT_ANSWER:
		break;
	case VERDICT_NO_NAME:
		buf_add_text(reason, "the name does not exist");
		return DNS_NO_NAME;
	case VERDICT_NO_DATA:
		buf_add_text(reason, "there is no such record");
		return DNS_NO_DATA;
	case VERDICT_SILENCE:
		buf_add_text(reason, "the name server does not answer");
		return DNS_TROUBLE;
	default:
		buf_add_text(reason, "the name server reports a failure");
		return DNS_TROUBLE;
	}
	if (!dns_answer_read(
		span_skip(answer, 1), question->name, question->type, list)) {
		buf_add_text(reason, "the name server's answer is malformed");
		return DNS_TROUBLE;
	}
	if (list->count > 0)
		return DNS_FOUND;
	/* A name that cannot be written as text cannot be asked for. */
	*is_alias = strchr(list->owner, '?') == NULL &&
	    !span_equal_nocase(
		span_from(list->owner), span_from(question->name));
	if (!*is_alias)
		buf_add_text(reason, "the name server's answer is of no use");
	return DNS_TROUBLE;
}

static enum dns_result
ask_once(const struct question *question, int64_t deadline,
    struct dns_records *list, bool *is_alias, struct buf *reason)
{
	struct buf answer = {.max = PACKET_MAX + 2};
	enum dns_result result = DNS_TROUBLE;
	enum errand_result ended;

	ended = errand_run(ask, question, deadline, &answer);
	if (ended == ERRAND_DONE)
		result = read_answer(
		    buf_span(&answer), question, list, is_alias, reason);
	else
		errand_explain(ended, "cannot ask the name server", reason);
	if (ended == ERRAND_SIGNAL)
		result = DNS_SIGNAL;
	buf_free(&answer);
	return result;
}

static bool
copy_name(char *to, const char *name)
{
	struct span from = span_from(name);

	if (from.len >= DNS_NAME_ROOM)
		return false;
	for (size_t i = 0; i <= from.len; i++)
		to[i] = i < from.len ? ascii_lower(from.at[i]) : '\0';
	return true;
}

/* Follows the aliases that the name server has not followed. */
enum dns_result
dns_ask(const char *name, enum dns_type type, int64_t deadline,
    struct dns_records *list, struct buf *reason)
{
	char owner[DNS_NAME_ROOM];
	const struct question question = {owner, type};
	bool is_authentic = true, is_claimed = true;

	if (!copy_name(owner, name)) {
		buf_add_text(reason, "the name is too long");
		return DNS_NO_NAME;
	}
	for (int i = 0; i < ALIASES_MAX; i++) {
		enum dns_result result;
		bool is_alias = false;

		dns_answer_free(list);
		result = ask_once(&question, deadline, list, &is_alias, reason);
		is_authentic = is_authentic && list->is_authentic;
		is_claimed = is_claimed && list->is_claimed_authentic;
		list->is_authentic = is_authentic;
		list->is_claimed_authentic = is_claimed;
		if (list->owner[0] == '\0')
			memcpy(list->owner, owner, sizeof(owner));
		if (!is_alias)
			return result;
		memcpy(owner, list->owner, sizeof(owner));
	}
	buf_add_text(reason, "its aliases do not end");
	return DNS_TROUBLE;
}
