/*
 * Looks up TLSA records. They are asked for only where DNSSEC covers the host:
 * elsewhere, some name servers do not answer the question at all. But where it
 * does, an answer that is missing may have been suppressed, and the host is
 * not used.
 */
#include "net/tlsa.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Keeps the records that mail uses. */
static enum tlsa_result
read_records(struct tlsa *tlsa)
{
	const struct dns_records *answer = &tlsa->answer;
	size_t count = 0;

	tlsa->records = mem_new(answer->count, sizeof(*tlsa->records));
	for (size_t i = 0; i < answer->count; i++)
		if (dane_read(answer->items[i].data, &tlsa->records[count]))
			count++;
	tlsa->dane.records = tlsa->records;
	tlsa->dane.count = dane_choose(tlsa->records, count);
	return count > 0 ? TLSA_FOUND : TLSA_UNUSABLE;
}

/* FOUND: the list has records, which were validated. */
static enum tlsa_result
ask(const struct tlsa_question *question, const char *name, enum dns_type type,
    int64_t deadline, struct dns_records *list, struct buf *why)
{
	switch (name_server_ask(
	    question->name_server, name, type, deadline, list, why)) {
	case DNS_FOUND:
		return list->is_authentic ? TLSA_FOUND : TLSA_NONE;
	case DNS_NO_NAME:
	case DNS_NO_DATA:
		break;
	case DNS_TROUBLE:
		return TLSA_TROUBLE;
	case DNS_SIGNAL:
		return TLSA_SIGNAL;
	}
	return TLSA_NONE;
}

/* Asks for the records at a name. */
static enum tlsa_result
ask_at(struct tlsa *tlsa, const struct tlsa_question *question,
    const char *base, int64_t deadline, struct buf *reason)
{
	struct buf name = {0}, why = {0};
	enum tlsa_result result;

	dns_answer_free(&tlsa->answer);
	buf_add_format(&name, "_%d._tcp.%s", MAIL_EXCHANGER_PORT, base);
	result = ask(
	    question, buf_text(&name), DNS_TLSA, deadline, &tlsa->answer, &why);
	if (result == TLSA_FOUND) {
		memcpy(tlsa->base, base, strlen(base) + 1);
		result = read_records(tlsa);
	} else if (result != TLSA_NONE)
		buf_add_format(reason,
		    "the TLSA records of %s are not known: %s", base,
		    buf_text(&why));
	buf_free(&name);
	buf_free(&why);
	return result;
}

/*
 * Whether the host's name is covered, though not what its aliases lead to: the
 * records may be at the name itself (RFC 7672 section 2.2.2).
 */
static enum tlsa_result
ask_for_alias(
    const struct tlsa_question *question, int64_t deadline, struct buf *reason)
{
	const char *host = question->host->name;
	struct dns_records list = {0};
	struct buf why = {0};
	enum tlsa_result result =
	    ask(question, host, DNS_CNAME, deadline, &list, &why);

	if (result != TLSA_FOUND && result != TLSA_NONE)
		buf_add_format(reason, "the alias of %s is not known: %s", host,
		    buf_text(&why));
	dns_answer_free(&list);
	buf_free(&why);
	return result;
}

static void
add_name(struct dane *dane, const char *name)
{
	for (size_t i = 0; i < dane->name_count; i++)
		if (strcmp(dane->names[i], name) == 0)
			return;
	dane->names[dane->name_count++] = name;
}

/*
 * RFC 7672 section 3.2.2: the names of the host; and those of the domain only
 * if its MX records cannot be forged.
 */
static void
add_names(struct tlsa *tlsa, const struct tlsa_question *question)
{
	const struct mail_exchangers *exchangers = question->exchangers;
	bool is_secure = exchangers->is_authentic || exchangers->is_implicit;

	add_name(&tlsa->dane, tlsa->base);
	add_name(&tlsa->dane, question->host->name);
	if (is_secure)
		add_name(&tlsa->dane, question->domain);
	/* Not of an implicit MX, whose aliases may be forged. */
	if (exchangers->is_authentic)
		add_name(&tlsa->dane, exchangers->domain_owner);
	/* Where no MX record exists, the addresses are of the domain itself. */
	tlsa->dane.is_name_insecure = !is_secure;
}

enum tlsa_result
tlsa_find(struct tlsa *tlsa, const struct tlsa_question *question,
    int64_t deadline, struct buf *reason)
{
	const struct mail_exchanger *host = question->host;
	bool is_alias = strcmp(host->owner, host->name) != 0;
	enum tlsa_result result = TLSA_NONE;

	*tlsa = (struct tlsa){.base = ""};
	if (host->is_literal)
		return TLSA_NONE;
	if (!host->is_authentic) {
		if (is_alias)
			result = ask_for_alias(question, deadline, reason);
		if (result != TLSA_FOUND)
			return result;
	} else if (is_alias)
		result = ask_at(tlsa, question, host->owner, deadline, reason);
	if (result == TLSA_NONE || !host->is_authentic)
		result = ask_at(tlsa, question, host->name, deadline, reason);
	if (result == TLSA_FOUND)
		add_names(tlsa, question);
	return result;
}

void
tlsa_free(struct tlsa *tlsa)
{
	free(tlsa->records);
	dns_answer_free(&tlsa->answer);
	*tlsa = (struct tlsa){.base = ""};
}
