/*
 * Reads and prints the values of settings that are about mail. Most values are
 * kept as written, once they are found valid.
 */
#include "profile/setting_mail.h"

#include <stdlib.h>
#include <string.h>

#include "address/address_list.h"
#include "address/domain.h"
#include "address/mailbox.h"
#include "base/base64.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "envelope/dsn.h"
#include "fixup/extra_fields.h"
#include "net/host_name.h"
#include "profile/identity.h"
#include "profile/mechanism.h"
#include "profile/name_list.h"
#include "profile/proxy_url.h"
#include "profile/server_url.h"

#define SERVER_COUNT_MAX 64

/* log: a word, or a file if there is a slash in it. */

static bool
parse_log(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	int word;

	if (!setting_check_controls(setting, value, err))
		return false;
	if (setting_is_path(setting, value)) {
		profile->log = LOG_FORM_FILE;
		profile->log_file = span_copy(value);
		return true;
	}
	word = setting_find_word(setting, value);
	if (word >= 0) {
		profile->log = (enum log_form)word;
		return true;
	}
	setting_refuse(setting, value, err,
	    "neither none, syslog, journal or stderr nor a path with a slash "
	    "in it");
	setting_hint_word(value, setting->words, err);
	return false;
}

static void
print_log(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	buf_add_text(out,
	    profile->log == LOG_FORM_FILE ? profile->log_file
					  : setting->words[profile->log]);
}

const struct setting_type setting_log = {parse_log, print_log};

/* dsn-notify, dsn-return */

static bool
parse_notify(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	if (value.len == 0 ||
	    dsn_parse_notify(value, setting_field(setting, profile)))
		return true;
	return setting_refuse(setting, value, err,
	    "neither never nor a list of success, failure and delay");
}

static void
print_notify(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const unsigned *field = setting_field_of(setting, profile);
	struct buf words = {0};

	dsn_add_notify(&words, *field);
	buf_add_lower(out, buf_span(&words));
	buf_free(&words);
}

const struct setting_type setting_dsn_notify = {parse_notify, print_notify};

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

const struct setting_type setting_dsn_return = {parse_return, print_return};

/* mx-security: `none`, or words of the table in any order. */
static bool
parse_mx_security(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span rest = value, word;
	bool is_none = false;

	while (span_next_word(&rest, ", \t", &word)) {
		int index = setting_find_word(setting, word);

		if (index < 0)
			return setting_refuse_word(
			    setting, word, setting->words, err);
		if (setting->words[index + 1] == NULL)
			is_none = true;
		else
			profile->mx_security |= 1U << index;
	}
	if (is_none == (profile->mx_security != 0))
		return setting_refuse(setting, value, err,
		    "neither none nor a list of dane and mta-sts");
	return true;
}

static void
print_mx_security(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const char *separator = "";

	for (size_t i = 0; setting->words[i + 1] != NULL; i++)
		if (profile->mx_security & 1U << i) {
			buf_add_format(
			    out, "%s%s", separator, setting->words[i]);
			separator = ", ";
		}
	if (profile->mx_security == 0)
		buf_add_text(out, "none");
}

const struct setting_type setting_mx_security = {
    parse_mx_security, print_mx_security};

/* queue: one of its words; where it is not set, the role decides. */
static bool
parse_queue(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	int word = setting_find_word(setting, value);

	if (word < 0)
		return setting_refuse_word(setting, value, setting->words, err);
	profile->queue.use = (enum queue_use)(QUEUE_NEVER + word);
	return true;
}

static void
print_queue(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	if (profile->queue.use != QUEUE_UNSET)
		buf_add_text(
		    out, setting->words[profile->queue.use - QUEUE_NEVER]);
}

const struct setting_type setting_queue = {parse_queue, print_queue};

/* server */

static bool
parse_servers(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span rest = value, url;

	/* Before the list is split: a password may hold a comma. */
	if (!server_urls_are_clean(value, err))
		return false;
	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &url)) {
		struct server *server = mem_append(
		    &profile->servers, &profile->server_count, sizeof(*server));

		if (!server_url_parse(server, url, err))
			return false;
		if (profile->server_count > SERVER_COUNT_MAX)
			return setting_refuse(
			    setting, value, err, "more than 64 servers");
	}
	return profile->server_count > 0 ||
	    setting_refuse(setting, value, err, "it names no server");
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

const struct setting_type setting_servers = {parse_servers, print_servers};

/* match */

static bool
parse_globs(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span rest = value, glob;

	if (!setting_check_controls(setting, value, err))
		return false;
	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &glob))
		name_list_add(setting_field(setting, profile), glob);
	return true;
}

static void
print_list(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	name_list_print(setting_field_of(setting, profile), out);
}

const struct setting_type setting_globs = {parse_globs, print_list};

/* allow-senders: words and globs. */

const char *const setting_mail_sender_words[] = {"own", "any", NULL};

const char *
setting_mail_sender_fault(struct span sender)
{
	for (size_t i = 0; setting_mail_sender_words[i] != NULL; i++)
		if (span_equal_nocase(
			sender, span_from(setting_mail_sender_words[i])))
			return NULL;
	if (span_find(sender, '@') < sender.len ||
	    span_find(sender, '*') < sender.len)
		return NULL;
	return "neither own nor any nor an address";
}

/* allow-senders: a list, or a file with a list for each user. */

static bool
parse_senders(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct clients *clients = setting_field(setting, profile);
	struct span rest = value, sender;

	if (!setting_check_controls(setting, value, err))
		return false;
	if (setting_is_path(setting, value)) {
		clients->sender_map = span_copy(value);
		return true;
	}
	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &sender)) {
		const char *why = setting_mail_sender_fault(sender);

		if (why != NULL) {
			setting_refuse(setting, sender, err, why);
			setting_hint_word(
			    sender, setting_mail_sender_words, err);
			return false;
		}
		name_list_add(&clients->senders, sender);
	}
	return true;
}

static void
print_senders(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	const struct clients *clients = setting_field_of(setting, profile);

	if (clients->sender_map != NULL)
		buf_add_text(out, clients->sender_map);
	name_list_print(&clients->senders, out);
}

const struct setting_type setting_senders = {parse_senders, print_senders};

/* auth: an empty list means auto; "none" must be the only word. */

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
	if (span_equal_nocase(wrong, SPAN("NTLM")) ||
	    span_equal_nocase(wrong, SPAN("DIGEST-MD5")))
		error_add(err,
		    "\nhint: smtpost does not have it; Login in "
		    "smtpost.conf(5) says why, and what to do");
	error_add(err, "\nhint: the mechanisms are");
	for (size_t i = 0; i < mechanism_count(); i++)
		error_add(err, "%s %s", i ? "," : "", mechanism_at(i)->name);
	return false;
}

static bool
parse_mechanisms(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct name_list *list = setting_field(setting, profile);
	struct span rest = value, word;

	if (span_equal_nocase(value, SPAN("auto")))
		return true;
	if (span_equal_nocase(value, SPAN("none"))) {
		name_list_add(list, SPAN("none"));
		return true;
	}
	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &word)) {
		const struct mechanism *mechanism = mechanism_find(word);

		if (mechanism == NULL || list->count == mechanism_count())
			return refuse_mechanism(setting, value, word, err);
		name_list_add(list, span_from(mechanism->name));
	}
	return list->count > 0 ||
	    setting_refuse(setting, value, err, "it names no mechanism");
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
    parse_mechanisms, print_mechanisms};

static void
print_line(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	setting_line.print(setting, profile, out);
}

/* sender: checked with sample words for %u, %h and %m. */

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
	if (!setting_check_controls(setting, value, err))
		return false;
	if (!identity_expand_sender(value, &words, &sample)) {
		buf_free(&sample);
		return setting_refuse(setting, value, err,
		    "after a % there must be u, h, m or %");
	}
	if (!address_list_parse_reverse_path(
		&mailbox, buf_span(&sample), &cause)) {
		buf_free(&sample);
		return setting_refuse(setting, value, err, "not an address");
	}
	buf_free(&sample);
	named = mailbox.name != NULL;
	mailbox_free(&mailbox);
	if (named)
		return setting_refuse(setting, value, err,
		    "only an address is possible\n"
		    "hint: set the name with full-name");
	*(char **)setting_field(setting, profile) = span_copy(value);
	return true;
}

const struct setting_type setting_sender = {parse_sender, print_line};

/* full-name: checked with sample words for %u and %h. */

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
		    setting, value, err, "after a % there must be u, h or %");
	return setting_line.parse(setting, profile, value, err);
}

const struct setting_type setting_full_name = {parse_full_name, print_line};

/* local-recipients: checked as a list, kept as written. */

static bool
parse_addresses(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct address_list list = {0};
	struct error cause = {0};
	bool is_list;

	if (value.len == 0)
		return true;
	if (!setting_check_controls(setting, value, err))
		return false;
	is_list = address_list_parse(&list, value, &cause) && list.count > 0;
	address_list_free(&list);
	if (!is_list)
		return setting_refuse(
		    setting, value, err, "not a list of addresses");
	*(char **)setting_field(setting, profile) = span_copy(value);
	return true;
}

const struct setting_type setting_addresses = {parse_addresses, print_line};

/* tls-host: a name or an address as a certificate holds it. */

static bool
parse_host(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct error cause = {0};
	char *host;

	if (value.len == 0)
		return true;
	host = host_name_parse(value, &cause);
	if (host == NULL)
		return setting_refuse(
		    setting, value, err, "neither a name nor an address");
	*(char **)setting_field(setting, profile) = host;
	return true;
}

const struct setting_type setting_host = {parse_host, print_line};

/* domain, ehlo-name: a name or an address literal, as A-labels. */

/* Adds the wire form to `name`. Gives the value's fault, or NULL. */
static const char *
domain_fault(struct span value, struct buf *name)
{
	struct error cause = {0};

	if (span_has_control(value))
		return "there is a control character in it";
	if (host_name_is_address(value))
		return "write an address in brackets: [192.0.2.1]";
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
		*(char **)setting_field(setting, profile) =
		    mem_copy_text(buf_text(&name));
	buf_free(&name);
	return why == NULL || setting_refuse(setting, value, err, why);
}

const struct setting_type setting_domain = {parse_domain, print_line};

/* local-domains: a list of names as in domain. */

static bool
parse_domains(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span rest = value, word;

	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &word)) {
		struct buf name = {0};
		const char *why = domain_fault(word, &name);

		if (why == NULL)
			name_list_add(
			    setting_field(setting, profile), buf_span(&name));
		buf_free(&name);
		if (why != NULL)
			return setting_refuse(setting, word, err, why);
	}
	return true;
}

const struct setting_type setting_domains = {parse_domains, print_list};

/* tls-pin: digests of public keys, kept as "sha256:" and 64 hex digits. */

#define PIN_COUNT_MAX 16
#define DIGEST_OCTETS ((size_t)32)

/* Some programs print colons between the octets. */
static bool
read_hex(struct buf *digest, struct span text)
{
	bool has_colons = text.len == DIGEST_OCTETS * 3 - 1;
	size_t step = has_colons ? 3 : 2;

	if (!has_colons && text.len != DIGEST_OCTETS * 2)
		return false;
	for (size_t i = 0; i < text.len; i += step) {
		int high = ascii_hex_value(text.at[i]);
		int low = ascii_hex_value(text.at[i + 1]);

		if (high < 0 || low < 0)
			return false;
		if (has_colons && i + 2 < text.len && text.at[i + 2] != ':')
			return false;
		buf_add_char(digest, (char)(high << 4 | low));
	}
	return true;
}

static bool
read_digest(struct buf *digest, struct span text)
{
	if (!span_starts_nocase(text, SPAN("sha256:")))
		return false;
	text = span_skip(text, SPAN("sha256:").len);
	if (read_hex(digest, text))
		return true;
	buf_clear(digest);
	return base64_decode(digest, text) && digest->len == DIGEST_OCTETS;
}

static void
add_pin(struct name_list *list, struct span digest)
{
	struct buf text = {0};

	buf_add_text(&text, "sha256:");
	for (size_t i = 0; i < digest.len; i++)
		buf_add_format(&text, "%02x", (unsigned char)digest.at[i]);
	name_list_add(list, buf_span(&text));
	buf_free(&text);
}

static bool
parse_pins(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct span rest = value, word;

	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &word)) {
		struct buf digest = {0};
		bool done = profile->tls_pin.count < PIN_COUNT_MAX &&
		    read_digest(&digest, word);

		if (done)
			add_pin(&profile->tls_pin, buf_span(&digest));
		buf_free(&digest);
		if (!done)
			return setting_refuse(setting, value, err,
			    "not a list of at most 16 sha256:DIGEST, each of "
			    "64 hex digits or 44 of base64");
	}
	return true;
}

const struct setting_type setting_pins = {parse_pins, print_list};

/* proxy */

static bool
parse_proxy(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	(void)setting;
	return value.len == 0 ||
	    proxy_url_parse(&profile->network.proxy, value, err);
}

static void
print_proxy(const struct setting *setting, const struct profile *profile,
    struct buf *out)
{
	(void)setting;
	proxy_url_print(&profile->network.proxy, out);
}

const struct setting_type setting_proxy = {parse_proxy, print_proxy};

/* source-address: at most one of each family. */

static bool
is_six(const char *address)
{
	return strchr(address, ':') != NULL;
}

static bool
has_family(const struct name_list *list, bool six)
{
	for (size_t i = 0; i < list->count; i++)
		if (is_six(list->names[i]) == six)
			return true;
	return false;
}

static bool
parse_sources(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct name_list *list = &profile->network.sources;
	struct span rest = value, word;

	while (span_next_word(&rest, NAME_LIST_SEPARATORS, &word)) {
		if (!host_name_is_address(word))
			return setting_refuse(setting, value, err,
			    "not an address, such as 192.0.2.1 or "
			    "2001:db8::1");
		if (has_family(list, span_find(word, ':') < word.len))
			return setting_refuse(setting, value, err,
			    "two addresses of the same family");
		name_list_add(list, word);
	}
	return true;
}

const struct setting_type setting_sources = {parse_sources, print_list};

/* add-headers: checked as fields, kept as written. */

static bool
parse_fields(const struct setting *setting, struct profile *profile,
    struct span value, struct error *err)
{
	struct error cause = {0};
	struct buf fields = {0};
	bool are_fields = extra_fields_read(&fields, value, &cause);

	buf_free(&fields);
	return are_fields ? setting_line.parse(setting, profile, value, err)
			  : setting_refuse(setting, value, err, cause.text);
}

const struct setting_type setting_fields = {parse_fields, print_line};
