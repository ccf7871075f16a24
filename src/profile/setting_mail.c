/* The types of settings that are about mail: servers, names, addresses. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"
#include "address/domain.h"
#include "address/mailbox.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "envelope/dsn.h"
#include "profile/identity.h"
#include "profile/mechanism.h"
#include "profile/sender_map.h"
#include "profile/server_url.h"
#include "profile/setting.h"

/* The types of settings for what stays behind: notifications, and a queue. */

static unsigned *
notify_field(const struct setting *setting, struct profile *profile)
{
	return (void *)((char *)profile + setting->offset);
}

/* Empty is the same as not set, as for lists. */
static bool
parse_notify(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (value.len == 0 ||
	    dsn_parse_notify(value, notify_field(setting, profile)))
		return true;
	return setting_refuse(setting, value, err,
	    "neither never nor a list of success, failure and delay");
}

static void
print_notify(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const unsigned *field =
	    (const void *)((const char *)profile + setting->offset);
	struct buf words = {0};

	dsn_add_notify(&words, *field);
	for (size_t i = 0; i < words.len; i++)
		buf_add_char(out, ascii_lower(words.data[i]));
	buf_free(&words);
}

static void
clear_number(const struct setting *setting, struct profile *profile)
{
	*notify_field(setting, profile) = 0;
}

const struct setting_type setting_dsn_notify = {
    parse_notify, print_notify, clear_number};

static bool
parse_return(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	static const char *const words[] = {"full", "hdrs", NULL};

	return value.len == 0 ||
	    dsn_parse_return(value, &profile->dsn_return) ||
	    setting_refuse_word(setting, value, words, err);
}

static void
print_return(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	(void)setting;
	if (profile->dsn_return != DSN_RETURN_UNSET)
		buf_add_text(out,
		    profile->dsn_return == DSN_RETURN_FULL ? "full" : "hdrs");
}

static void
clear_return(const struct setting *setting, struct profile *profile)
{
	(void)setting;
	profile->dsn_return = DSN_RETURN_UNSET;
}

const struct setting_type setting_dsn_return = {
    parse_return, print_return, clear_return};

/* Whoever asks for a queue shall not believe that he has one. */
static bool
parse_queue(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (span_equal(value, SPAN("on-tempfail")) ||
	    span_equal(value, SPAN("always")))
		return setting_refuse(setting, value, err,
		    "the queue is not built yet, only never can be chosen");
	return setting_choice.parse(setting, profile, value, err);
}

static void
print_queue(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	setting_choice.print(setting, profile, out);
}

static void
clear_queue(const struct setting *setting, struct profile *profile)
{
	setting_choice.clear(setting, profile);
}

const struct setting_type setting_queue = {
    parse_queue, print_queue, clear_queue};

#define LIST_SEPARATORS ", \t"
#define SERVER_COUNT_MAX 64

static char **
text_field(const struct setting *setting, struct profile *profile)
{
	return (char **)(void *)((char *)profile + setting->offset);
}

static void
print_text(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	char *const *field =
	    (const void *)((const char *)profile + setting->offset);

	if (*field != NULL)
		buf_add_text(out, *field);
}

static void
clear_text(const struct setting *setting, struct profile *profile)
{
	char **field = text_field(setting, profile);

	free(*field);
	*field = NULL;
}

/* server */

static bool
parse_servers(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span rest = value, url;

	/* Before it is cut apart: a password may hold a comma. */
	if (!server_url_list_is_clean(value, err))
		return false;
	while (span_next_word(&rest, LIST_SEPARATORS, &url)) {
		struct server *server = mem_append(
		    &profile->servers, &profile->server_count, sizeof(*server));

		if (!server_url_parse(server, url, err))
			return false;
		if (profile->server_count > SERVER_COUNT_MAX)
			return setting_refuse(
			    setting, value, err, "more than 64 servers");
	}
	return profile->server_count > 0 ||
	    setting_refuse(setting, value, err, "no server in it");
}

static void
print_servers(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	(void)setting;
	for (size_t i = 0; i < profile->server_count; i++)
		buf_add_format(
		    out, "%s%s", i ? ", " : "", profile->servers[i].url);
}

static void
clear_servers(const struct setting *setting, struct profile *profile)
{
	(void)setting;
	for (size_t i = 0; i < profile->server_count; i++)
		server_url_free(&profile->servers[i]);
	free(profile->servers);
	profile->servers = NULL;
	profile->server_count = 0;
}

const struct setting_type setting_servers = {
    parse_servers, print_servers, clear_servers};

/* Lists of names: match, auth. */

static struct name_list *
list_field(const struct setting *setting, struct profile *profile)
{
	return (void *)((char *)profile + setting->offset);
}

static void
add_name(struct name_list *list, struct span name)
{
	char **item = mem_append(&list->names, &list->count, sizeof(*item));

	*item = span_copy(name);
}

static bool
parse_globs(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span rest = value, glob;

	while (span_next_word(&rest, LIST_SEPARATORS, &glob)) {
		if (span_has_control(glob))
			return setting_refuse(
			    setting, value, err, "control character");
		add_name(list_field(setting, profile), glob);
	}
	return true;
}

static void
print_list(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const struct name_list *list =
	    (const void *)((const char *)profile + setting->offset);

	for (size_t i = 0; i < list->count; i++)
		buf_add_format(out, "%s%s", i ? ", " : "", list->names[i]);
}

static void
clear_list(const struct setting *setting, struct profile *profile)
{
	struct name_list *list = list_field(setting, profile);

	for (size_t i = 0; i < list->count; i++)
		free(list->names[i]);
	free(list->names);
	*list = (struct name_list){0};
}

const struct setting_type setting_globs = {parse_globs, print_list, clear_list};

/* allow-senders: a list, or a file with a list for each user. */

static struct clients *
clients_field(const struct setting *setting, struct profile *profile)
{
	return (void *)((char *)profile + setting->offset);
}

static bool
parse_senders(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct clients *clients = clients_field(setting, profile);
	struct span rest = value, sender;

	if (span_has_control(value))
		return setting_refuse(setting, value, err, "control character");
	if (setting_is_path(setting, value)) {
		clients->sender_map = span_copy(value);
		return true;
	}
	while (span_next_word(&rest, LIST_SEPARATORS, &sender)) {
		if (!sender_map_is_possible(sender)) {
			setting_refuse(setting, sender, err, SENDER_IS_NOBODY);
			setting_hint_word(sender, sender_words, err);
			return false;
		}
		add_name(&clients->senders, sender);
	}
	return true;
}

static void
print_senders(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const struct clients *clients =
	    (const void *)((const char *)profile + setting->offset);

	if (clients->sender_map != NULL)
		buf_add_text(out, clients->sender_map);
	for (size_t i = 0; i < clients->senders.count; i++)
		buf_add_format(
		    out, "%s%s", i ? ", " : "", clients->senders.names[i]);
}

static void
clear_senders(const struct setting *setting, struct profile *profile)
{
	struct clients *clients = clients_field(setting, profile);

	for (size_t i = 0; i < clients->senders.count; i++)
		free(clients->senders.names[i]);
	free(clients->senders.names);
	clients->senders = (struct name_list){0};
	free(clients->sender_map);
	clients->sender_map = NULL;
}

const struct setting_type setting_senders = {
    parse_senders, print_senders, clear_senders};

/* auth: an empty list is auto; "none" stands alone. */

/* The names that there are, for the sentence. */
static bool
refuse_mechanism(const struct setting *setting, struct span value,
    struct span wrong, struct error *err)
{
	struct nearest nearest = nearest_to(wrong);

	setting_refuse(setting, value, err,
	    "neither auto nor none nor a list of mechanisms");
	nearest_consider(&nearest, "auto");
	nearest_consider(&nearest, "none");
	for (size_t i = 0; i < mechanism_count(); i++)
		nearest_consider(&nearest, mechanism_at(i)->name);
	if (nearest.name != NULL)
		error_add(err, "\nhint: the nearest one known is \"%s\"",
		    nearest.name);
	error_add(err, "\nhint: they are");
	for (size_t i = 0; i < mechanism_count(); i++)
		error_add(err, "%s %s", i ? "," : "", mechanism_at(i)->name);
	return false;
}

static bool
parse_mechanisms(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct name_list *list = list_field(setting, profile);
	struct span rest = value, word;

	if (span_equal_nocase(value, SPAN("auto")))
		return true;
	if (span_equal_nocase(value, SPAN("none"))) {
		add_name(list, SPAN("none"));
		return true;
	}
	while (span_next_word(&rest, LIST_SEPARATORS, &word)) {
		const struct mechanism *mechanism = mechanism_find(word);

		if (mechanism == NULL || list->count == mechanism_count())
			return refuse_mechanism(setting, value, word, err);
		add_name(list, span_from(mechanism->name));
	}
	return list->count > 0 ||
	    setting_refuse(setting, value, err, "no mechanism in it");
}

static void
print_mechanisms(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	if (profile->auth.count == 0)
		buf_add_text(out, "auto");
	print_list(setting, profile, out);
}

const struct setting_type setting_mechanisms = {
    parse_mechanisms, print_mechanisms, clear_list};

/* sender: checked with words in the place of %u, %h and %m. */

static bool
parse_sender(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	static const struct sender_words words = {
	    "user", "host.example", "mail.example"};
	struct mailbox mailbox = {0};
	struct error cause = {0};
	struct buf sample = {0};
	bool named;

	if (value.len == 0)
		return true;
	if (span_has_control(value))
		return setting_refuse(setting, value, err, "control character");
	if (!identity_expand_sender(value, &words, &sample)) {
		buf_free(&sample);
		return setting_refuse(
		    setting, value, err, "after % stands one of u, h, m and %");
	}
	if (!address_list_parse_one(
		&mailbox, buf_span(&sample), true, &cause)) {
		buf_free(&sample);
		return setting_refuse(setting, value, err, "not an address");
	}
	buf_free(&sample);
	named = mailbox.name != NULL;
	mailbox_free(&mailbox);
	if (named)
		return setting_refuse(setting, value, err,
		    "only an address\nhint: the name has a setting of its "
		    "own, full-name");
	*text_field(setting, profile) = span_copy(value);
	return true;
}

const struct setting_type setting_sender = {
    parse_sender, print_text, clear_text};

/* full-name: words in the place of %u and %h. */

static bool
parse_full_name(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	static const struct sender_words words = {"user", "host", NULL};
	struct buf sample = {0};
	bool is_name = identity_expand_sender(value, &words, &sample);

	buf_free(&sample);
	if (!is_name)
		return setting_refuse(
		    setting, value, err, "after % stands one of u, h and %");
	return setting_line.parse(setting, profile, value, err);
}

const struct setting_type setting_full_name = {
    parse_full_name, print_text, clear_text};

/* local-recipients: checked as a list, kept as it was written. */

static bool
parse_addresses(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct address_list list = {0};
	struct error cause = {0};
	bool is_list;

	if (value.len == 0)
		return true;
	if (span_has_control(value))
		return setting_refuse(setting, value, err, "control character");
	is_list = address_list_parse(&list, value, &cause) && list.count > 0;
	address_list_free(&list);
	if (!is_list)
		return setting_refuse(
		    setting, value, err, "not a list of addresses");
	*text_field(setting, profile) = span_copy(value);
	return true;
}

const struct setting_type setting_addresses = {
    parse_addresses, print_text, clear_text};

/* tls-host: a name or an address as a certificate holds it. */

static bool
parse_host(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct error cause = {0};
	char *host;

	if (value.len == 0)
		return true;
	host = server_url_parse_host(value, &cause);
	if (host == NULL)
		return setting_refuse(
		    setting, value, err, "neither a name nor an address");
	*text_field(setting, profile) = host;
	return true;
}

const struct setting_type setting_host = {parse_host, print_text, clear_text};

/* domain, ehlo-name: a name or an address literal, as A-labels. */

static bool
is_bare_address(struct span value)
{
	char *text = span_copy(value);
	struct in_addr address;
	bool is_one = inet_pton(AF_INET, text, &address) == 1;

	free(text);
	return is_one;
}

/* Adds its wire form to `name`; what is wrong with it, or NULL. */
static const char *
domain_fault(struct span value, struct buf *name)
{
	struct error cause = {0};

	if (span_has_control(value))
		return "control character";
	if (is_bare_address(value))
		return "an address stands in brackets: [192.0.2.1]";
	if (!domain_to_ascii(value, name, &cause))
		return "neither a domain name nor an address literal";
	return NULL;
}

static bool
parse_domain(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct buf name = {0};
	const char *why;

	if (value.len == 0)
		return true;
	why = domain_fault(value, &name);
	if (why == NULL)
		*text_field(setting, profile) = mem_copy_text(buf_text(&name));
	buf_free(&name);
	return why == NULL || setting_refuse(setting, value, err, why);
}

const struct setting_type setting_domain = {
    parse_domain, print_text, clear_text};

/* local-domains: a list of them. */

static bool
parse_domains(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span rest = value, word;

	while (span_next_word(&rest, LIST_SEPARATORS, &word)) {
		struct buf name = {0};
		const char *why = domain_fault(word, &name);

		if (why == NULL)
			add_name(list_field(setting, profile), buf_span(&name));
		buf_free(&name);
		if (why != NULL)
			return setting_refuse(setting, word, err, why);
	}
	return true;
}

const struct setting_type setting_domains = {
    parse_domains, print_list, clear_list};
