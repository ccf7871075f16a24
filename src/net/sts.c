/*
 * Decides between the cached policy and a new one. An attacker who keeps a
 * policy from being fetched must gain no more than that it is not renewed, so
 * only time and a newer policy end a cached one.
 */
#include "net/sts.h"

#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "base/wait.h"
#include "net/sts_cache.h"

#define FETCH_TIMEOUT ((int64_t)60 * 1000)
/* A cached policy that is older is fetched again when it is used. */
#define FRESH_SECONDS ((int64_t)24 * 60 * 60)

struct search {
	const struct sts_question *question;
	int64_t lookup_deadline, now;
	struct buf *reason;
	struct sts_entry entry; /* cached, and it still holds; or empty */
	struct span id;		/* in `records` */
	struct dns_records records;
};

static void tell(const struct sts_question *question, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void
tell(const struct sts_question *question, const char *format, ...)
{
	struct buf sentence = {0};
	va_list arguments;

	if (question->tell == NULL)
		return;
	buf_add_text(&sentence, "MTA-STS: ");
	va_start(arguments, format);
	buf_add_arguments(&sentence, format, arguments);
	va_end(arguments);
	question->tell(question->context, buf_text(&sentence));
	buf_free(&sentence);
}

/* Only the sentence: the hints of an error are for files that are needed. */
static void
tell_error(const struct search *search, const struct error *err)
{
	struct span text = span_from(err->text);
	char *sentence = span_copy(span_head(text, span_find(text, '\n')));

	tell(search->question, "%s", sentence);
	free(sentence);
}

static bool
has_entry(const struct search *search)
{
	return search->entry.id[0] != '\0';
}

static void
read_cache(struct search *search)
{
	const struct sts_question *question = search->question;
	struct error err = {0};

	if (question->cache == NULL) {
		tell(question, "there is no folder to keep policies in");
	} else if (!sts_cache_find(question->cache, question->domain,
		       &search->entry, &err)) {
		if (err.kind != ERROR_NONE)
			tell_error(search, &err);
	} else if (!sts_entry_holds(&search->entry, search->now)) {
		sts_entry_free(&search->entry);
	}
}

static enum dns_result
find_record(struct search *search, struct buf *why)
{
	struct buf name = {0};
	enum dns_result result;

	buf_add_format(&name, "_mta-sts.%s", search->question->domain);
	result = name_server_ask(search->question->name_server, buf_text(&name),
	    DNS_TXT, search->lookup_deadline, &search->records, why);
	if (result == DNS_FOUND)
		search->id = sts_record_id(&search->records, why);
	buf_free(&name);
	return result;
}

/* Whether the reply is one that RFC 8461 section 3.3 lets us use. */
static bool
is_policy(const struct http_reply *reply, struct buf *why)
{
	if (reply->status != 200) {
		buf_add_format(
		    why, "the server answers with status %d", reply->status);
		return false;
	}
	if (!span_equal(buf_span(&reply->content_type), SPAN("text/plain"))) {
		buf_add_text(why, "what the server sends is not text/plain");
		return false;
	}
	return true;
}

/* Sends the request; HTTP_MALFORMED, too, if the reply is not a policy. */
static enum http_result
request_policy(
    const struct search *search, struct http_reply *reply, struct buf *why)
{
	const struct sts_question *question = search->question;
	struct buf text = {0};
	struct url url;
	struct http_request request = {
	    .url = &url,
	    .accept = "text/plain",
	    .network = question->network,
	    .tls = question->tls,
	    .deadline = deadline_earlier(
		question->fetch_deadline, deadline_in(FETCH_TIMEOUT)),
	    .tell = question->tell,
	    .context = question->context,
	};
	enum http_result result = HTTP_MALFORMED;

	buf_add_format(&text, "https://mta-sts.%s/.well-known/mta-sts.txt",
	    question->domain);
	if (url_parse(&url, buf_span(&text), why)) {
		result = http_send(&request, reply, why);
		if (result == HTTP_DONE && !is_policy(reply, why))
			result = HTTP_MALFORMED;
	}
	url_free(&url);
	buf_free(&text);
	return result;
}

static void
store(const struct search *search, struct span policy)
{
	const struct sts_question *question = search->question;
	struct buf text = {.max = STS_ENTRY_MAX};
	struct error err = {0};

	if (question->cache == NULL)
		return;
	sts_entry_add(&text, search->id, search->now, policy);
	if (!sts_cache_store(
		question->cache, question->domain, buf_span(&text), &err))
		tell_error(search, &err);
	buf_free(&text);
}

static void
store_failure(const struct search *search)
{
	const struct sts_question *question = search->question;
	struct error err = {0};

	if (question->cache != NULL &&
	    !sts_cache_store_failure(
		question->cache, question->domain, search->id, &err))
		tell_error(search, &err);
}

/* Replaces search->entry by what is fetched, if that is a policy. */
static enum http_result
fetch(struct search *search, struct buf *why)
{
	struct http_reply reply = {0};
	struct sts_policy policy = {0};
	enum http_result result = request_policy(search, &reply, why);

	if (result == HTTP_DONE &&
	    !sts_policy_read(&policy, buf_span(&reply.body), why))
		result = HTTP_MALFORMED;
	if (result == HTTP_DONE) {
		store(search, buf_span(&reply.body));
		sts_entry_free(&search->entry);
		search->entry.policy = policy;
	} else if (result != HTTP_SIGNAL && result != HTTP_CONFIG) {
		store_failure(search);
	}
	http_reply_free(&reply);
	return result;
}

static bool
is_fresh(const struct search *search)
{
	int64_t age = search->now - search->entry.fetched;

	return span_equal(span_from(search->entry.id), search->id) &&
	    age >= 0 && age < FRESH_SECONDS;
}

/* Hands over the policy of the entry; an empty entry has the mode "none". */
static enum sts_result
use_entry(struct search *search, bool is_new, struct sts_policy *policy)
{
	static const enum sts_result results[] = {
	    [STS_MODE_NONE] = STS_NONE,
	    [STS_MODE_TESTING] = STS_TESTING,
	    [STS_MODE_ENFORCE] = STS_ENFORCE,
	};
	enum sts_mode mode = search->entry.policy.mode;

	if (!is_new && !has_entry(search)) {
		tell(search->question, "%s has no policy",
		    search->question->domain);
		return STS_NONE;
	}
	tell(search->question, "the policy of %s, %s, has the mode \"%s\"",
	    search->question->domain, is_new ? "just fetched" : "cached",
	    sts_policy_mode_word(mode));
	if (mode != STS_MODE_NONE) {
		*policy = search->entry.policy;
		search->entry.policy = (struct sts_policy){0};
	}
	return results[mode];
}

/* The record names a policy: it is the cached one, or is fetched. */
static enum sts_result
use_record(struct search *search, struct sts_policy *policy)
{
	const struct sts_question *question = search->question;
	struct buf why = {0};
	enum http_result result = HTTP_LOST;

	if (is_fresh(search))
		return use_entry(search, false, policy);
	if (question->cache != NULL &&
	    sts_cache_has_failure(
		question->cache, question->domain, search->id))
		buf_add_text(&why,
		    "that failed less than 5 minutes ago, and is not tried "
		    "again yet");
	else
		result = fetch(search, &why);
	/* A fault of our own settings must not end the policy of a domain. */
	if (result == HTTP_SIGNAL ||
	    (result == HTTP_CONFIG && !has_entry(search))) {
		buf_add_span(search->reason, buf_span(&why));
		buf_free(&why);
		return result == HTTP_SIGNAL ? STS_SIGNAL : STS_TROUBLE;
	}
	if (result != HTTP_DONE)
		tell(question, "cannot fetch the policy of %s: %s",
		    question->domain, buf_text(&why));
	if (result != HTTP_DONE && !has_entry(search)) {
		buf_add_span(search->reason, buf_span(&why));
		buf_free(&why);
		return STS_UNFETCHED;
	}
	buf_free(&why);
	return use_entry(search, result == HTTP_DONE, policy);
}

/* Tells why there is no new policy. A domain without a record is usual. */
static void
tell_missing(
    const struct search *search, enum dns_result result, struct buf *why)
{
	const char *domain = search->question->domain;

	if (result == DNS_FOUND)
		tell(search->question, "%s names no policy: %s", domain,
		    buf_text(why));
	else if (result == DNS_TROUBLE && has_entry(search))
		tell(search->question,
		    "it is not known whether %s names a new policy: %s", domain,
		    buf_text(why));
	else if (has_entry(search))
		tell(search->question, "%s names no policy any more", domain);
}

static enum sts_result
decide(struct search *search, struct sts_policy *policy)
{
	struct buf why = {0};
	enum dns_result result;

	read_cache(search);
	result = find_record(search, &why);
	if (result == DNS_SIGNAL ||
	    (result == DNS_TROUBLE && !has_entry(search))) {
		buf_add_span(search->reason, buf_span(&why));
		buf_free(&why);
		return result == DNS_SIGNAL ? STS_SIGNAL : STS_TROUBLE;
	}
	if (search->id.len == 0)
		tell_missing(search, result, &why);
	buf_free(&why);
	return search->id.len > 0 ? use_record(search, policy)
				  : use_entry(search, false, policy);
}

enum sts_result
sts_find(const struct sts_question *question, struct sts_policy *policy,
    int64_t lookup_deadline, struct buf *reason)
{
	struct search search = {
	    .question = question,
	    .lookup_deadline = lookup_deadline,
	    .now = (int64_t)time(NULL),
	    .reason = reason,
	};
	enum sts_result result;

	*policy = (struct sts_policy){0};
	result = decide(&search, policy);
	sts_entry_free(&search.entry);
	dns_answer_free(&search.records);
	return result;
}
