/*
 * The table of all settings: to add one, add a row here, a field to struct
 * profile, and a paragraph to smtpost.conf(5).
 */
#include "profile/setting_table.h"

#include <string.h>

#include "base/nearest.h"
#include "profile/foreign_setting.h"
#include "profile/provider.h"
#include "profile/setting_dkim.h"
#include "profile/setting_mail.h"
#include "profile/setting_oauth.h"

static const char *const tls_words[] = {
    "required", "opportunistic", "none", NULL};
static const char *const trust_words[] = {"system", "pin", NULL};
static const char *const version_words[] = {"1.2", "1.3", NULL};
/* In the order of the bits of enum mx_security, and `none`. */
static const char *const mx_security_words[] = {
    "dane", "mta-sts", "none", NULL};
static const char *const dnssec_words[] = {"auto", "trusted", "no", NULL};
static const char *const oauth_words[] = {"google", "microsoft", "fastmail",
    "yahoo", "aol", "yandex", "mail.ru", NULL};
static const char *const flow_words[] = {
    "auto", "browser", "device", "client-credentials", "service-account", NULL};
static const char *const store_words[] = {"file", "command", NULL};
static const char *const system_words[] = {"system", NULL};
static const char *const header_words[] = {
    "keep", "complete", "provider", NULL};
static const char *const aliases_words[] = {"/etc/aliases", "none", NULL};
static const char *const partial_words[] = {
    "best-effort", "all-or-nothing", NULL};
static const char *const queue_words[] = {
    "never", "on-tempfail", "always", NULL};
static const char *const in_doubt_words[] = {"retry", "hold", NULL};
static const char *const use_words[] = {"auto", "never", NULL};
static const char *const ip_words[] = {"any", "4", "6", NULL};
static const char *const report_words[] = {"none", "text", "json", NULL};
static const char *const tcp_words[] = {"none", "loopback", NULL};
static const char *const log_words[] = {
    "none", "syslog", "journal", "stderr", NULL};
static const char *const log_format_words[] = {"text", "json", NULL};
static const char *const log_recipients_words[] = {
    "full", "hash", "none", NULL};

#define AT(member) offsetof(struct profile, member)

/*
 * The order is that of --explain and of smtpost.conf(5). The row of a setting
 * without a default, words and traits ends with .standard = NULL, because the
 * compiler warns about a shorter row.
 */
static const struct setting settings[] = {
    {"extends", &setting_line, AT(extends),
	.traits = SETTING_OWN | SETTING_OF_SESSION},
    {"match", &setting_globs, AT(match), .traits = SETTING_OWN},
    {"provider", &setting_provider, AT(provider), .traits = SETTING_OF_SESSION},
    {"server", &setting_servers, AT(servers), .traits = SETTING_OF_SESSION},
    {"tls", &setting_choice, AT(tls), .standard = "required",
	.words = tls_words, .traits = SETTING_OF_SESSION},
    {"tls-trust", &setting_text, AT(tls_trust), .standard = "system",
	.words = trust_words, .traits = SETTING_PATH | SETTING_OF_SESSION},
    {"tls-crl", &setting_text, AT(tls_crl),
	.traits = SETTING_PATH | SETTING_OF_SESSION},
    {"tls-pin", &setting_pins, AT(tls_pin), .traits = SETTING_OF_SESSION},
    {"tls-host", &setting_host, AT(tls_host), .traits = SETTING_OF_SESSION},
    {"tls-min", &setting_choice, AT(tls_min), .standard = "1.2",
	.words = version_words, .traits = SETTING_OF_SESSION},
    {"tls-priority", &setting_line, AT(tls_priority),
	.traits = SETTING_OF_SESSION},
    {"tls-cert", &setting_file_or_token, AT(tls_cert),
	.traits = SETTING_PATH | SETTING_TOKEN_URL | SETTING_OF_LOGIN |
	    SETTING_OF_SESSION},
    {"tls-key", &setting_file_or_token, AT(tls_key),
	.traits = SETTING_PATH | SETTING_TOKEN_URL | SETTING_OF_LOGIN |
	    SETTING_OF_SESSION},
    {"mx-security", &setting_mx_security, AT(mx_security),
	.standard = "dane, mta-sts", .words = mx_security_words,
	.traits = SETTING_OF_SESSION},
    {"dnssec", &setting_choice, AT(dnssec), .standard = "auto",
	.words = dnssec_words, .traits = SETTING_OF_SESSION},
    {"auth", &setting_mechanisms, AT(auth), .standard = "auto",
	.traits = SETTING_OF_SESSION},
    {"user", &setting_line, AT(user),
	.traits = SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"password-command", &setting_text, AT(password_command),
	.traits = SETTING_SOURCE | SETTING_COMMAND | SETTING_OF_SESSION},
    {"password-file", &setting_text, AT(password_file),
	.traits = SETTING_SOURCE | SETTING_PATH | SETTING_OF_SESSION},
    {"password-fd", &setting_descriptor, AT(password_fd),
	.traits = SETTING_SOURCE | SETTING_OF_SESSION},
    {"password", &setting_secret, AT(password),
	.traits = SETTING_SOURCE | SETTING_SECRET | SETTING_OF_SESSION},
    {"token-command", &setting_text, AT(token_command),
	.traits = SETTING_SOURCE | SETTING_COMMAND | SETTING_OF_SESSION},
    {"oauth", &setting_oauth, AT(oauth.service), .words = oauth_words,
	.traits = SETTING_SOURCE | SETTING_OF_SESSION},
    {"oauth-client-id", &setting_line, AT(oauth.client_id),
	.traits = SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-client-secret", &setting_secret, AT(oauth.client_secret),
	.traits = SETTING_SECRET | SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-client-secret-file", &setting_text, AT(oauth.client_secret_file),
	.traits = SETTING_PATH | SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-tenant", &setting_tenant, AT(oauth.tenant),
	.traits = SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-scope", &setting_line, AT(oauth.scope),
	.traits = SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-flow", &setting_choice, AT(oauth.flow), .standard = "auto",
	.words = flow_words, .traits = SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-key", &setting_text, AT(oauth.key),
	.traits = SETTING_PATH | SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-store", &setting_choice, AT(oauth.store), .standard = "file",
	.words = store_words, .traits = SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-read-command", &setting_text, AT(oauth.read_command),
	.traits = SETTING_COMMAND | SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-write-command", &setting_text, AT(oauth.write_command),
	.traits = SETTING_COMMAND | SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"oauth-tls-trust", &setting_text, AT(oauth.tls_trust),
	.standard = "system", .words = system_words,
	.traits = SETTING_PATH | SETTING_OF_LOGIN | SETTING_OF_SESSION},
    {"sender", &setting_sender, AT(sender), .standard = NULL},
    {"full-name", &setting_full_name, AT(full_name), .standard = NULL},
    {"domain", &setting_domain, AT(domain), .standard = NULL},
    {"local-domains", &setting_domains, AT(local_domains), .standard = NULL},
    {"ehlo-name", &setting_domain, AT(ehlo_name), .standard = NULL},
    {"header-policy", &setting_choice, AT(header_policy),
	.standard = "complete", .words = header_words},
    {"keep-original-from", &setting_yes_no, AT(keep_original_from),
	.standard = "no"},
    {"remove-bcc", &setting_yes_no, AT(remove_bcc), .standard = "yes"},
    {"undisclosed-recipients", &setting_yes_no, AT(undisclosed_recipients),
	.standard = "no"},
    {"add-headers", &setting_fields, AT(add_headers), .standard = NULL},
    {"repair", &setting_yes_no, AT(repair), .standard = "yes"},
    {"filter-command", &setting_text, AT(filter_command),
	.traits = SETTING_COMMAND | SETTING_OF_SESSION},
    {"dkim-key", &setting_dkim_keys, AT(dkim.keys),
	.traits = SETTING_PATHS | SETTING_OF_SESSION},
    {"dkim-selector", &setting_dkim_selectors, AT(dkim.selectors),
	.traits = SETTING_OF_SESSION},
    {"dkim-domain", &setting_dkim_domain, AT(dkim.domain),
	.traits = SETTING_OF_SESSION},
    {"dkim-lifetime", &setting_duration, AT(dkim.lifetime),
	.traits = SETTING_OF_SESSION},
    {"aliases", &setting_text, AT(aliases), .standard = "/etc/aliases",
	.words = aliases_words, .traits = SETTING_PATH},
    {"local-recipients", &setting_addresses, AT(local_recipients),
	.standard = NULL},
    {"max-size", &setting_size, AT(max_size), .standard = NULL},
    {"memory-max", &setting_size, AT(memory_max), .standard = "1M"},
    {"ignore-dots", &setting_yes_no, AT(ignore_dots), .standard = "no"},
    {"partial", &setting_choice, AT(partial), .standard = "best-effort",
	.words = partial_words},
    {"dsn-notify", &setting_dsn_notify, AT(dsn_notify), .standard = NULL},
    {"dsn-return", &setting_dsn_return, AT(dsn_return), .standard = NULL},
    {"sent-copy", &setting_text, AT(sent_copy), .traits = SETTING_PATH},
    {"sent-copy-bcc", &setting_yes_no, AT(sent_copy_bcc), .standard = "no"},
    {"pipelining", &setting_choice, AT(pipelining), .standard = "auto",
	.words = use_words},
    {"chunking", &setting_choice, AT(chunking), .standard = "auto",
	.words = use_words},
    {"ip", &setting_choice, AT(network.ip), .standard = "any",
	.words = ip_words, .traits = SETTING_OF_SESSION},
    {"source-address", &setting_sources, AT(network.sources),
	.traits = SETTING_OF_SESSION},
    {"proxy", &setting_proxy, AT(network.proxy),
	.traits = SETTING_LOGIN_URL | SETTING_OF_SESSION},
    {"proxy-password-command", &setting_text,
	AT(network.proxy_password_command),
	.traits = SETTING_COMMAND | SETTING_OF_SESSION},
    {"proxy-password-file", &setting_text, AT(network.proxy_password_file),
	.traits = SETTING_PATH | SETTING_OF_SESSION},
    {"timeout-connect", &setting_some_duration, AT(timeout_connect),
	.standard = "30s", .traits = SETTING_OF_SESSION},
    {"timeout", &setting_duration, AT(timeout), .traits = SETTING_OF_SESSION},
    {"timeout-total", &setting_duration, AT(timeout_total),
	.traits = SETTING_OF_SESSION},
    {"max-messages", &setting_number, AT(max_messages), .standard = "100"},
    {"queue", &setting_queue, AT(queue.use), .words = queue_words},
    {"queue-dir", &setting_text, AT(queue.dir), .traits = SETTING_PATH},
    {"queue-lifetime", &setting_some_duration, AT(queue.lifetime),
	.standard = "5d"},
    {"queue-retry", &setting_queue_pauses, AT(queue.retry),
	.standard = "5m 4h"},
    {"queue-warn", &setting_duration, AT(queue.warn), .standard = "1d"},
    {"queue-flush", &setting_yes_no, AT(queue.flush), .standard = "yes"},
    {"queue-run-time", &setting_some_duration, AT(queue.run_time),
	.standard = "1h"},
    {"max-queue", &setting_queue_limit, AT(queue.limit),
	.standard = "10000 1G"},
    {"in-doubt", &setting_choice, AT(queue.in_doubt), .standard = "retry",
	.words = in_doubt_words},
    {"notifications", &setting_yes_no, AT(queue.notifications),
	.standard = "yes"},
    {"notify-command", &setting_text, AT(queue.notify_command),
	.traits = SETTING_COMMAND},
    {"report", &setting_choice, AT(report), .words = report_words},
    {"allow-senders", &setting_senders, AT(clients), .standard = "any",
	.traits = SETTING_SLASH},
    {"client-rate", &setting_rate, AT(clients.rate), .standard = NULL},
    {"tcp-clients", &setting_choice, AT(clients.tcp), .standard = "none",
	.words = tcp_words},
    {"log", &setting_log, AT(log), .standard = "none", .words = log_words,
	.traits = SETTING_SLASH},
    {"log-format", &setting_choice, AT(log_format), .standard = "text",
	.words = log_format_words},
    {"log-recipients", &setting_choice, AT(log_recipients), .standard = "full",
	.words = log_recipients_words},
};

#define SETTING_COUNT (sizeof(settings) / sizeof(settings[0]))

size_t
setting_table_count(void)
{
	return SETTING_COUNT;
}

const struct setting *
setting_table_at(size_t index)
{
	return &settings[index];
}

size_t
setting_table_index(const struct setting *setting)
{
	return (size_t)(setting - settings);
}

const char *
setting_table_origin(
    const struct profile *profile, const struct setting *setting)
{
	size_t index = setting_table_index(setting);

	if (index >= profile->origins.count)
		return NULL;
	return profile->origins.names[index];
}

const struct setting *
setting_table_find(struct span name)
{
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (span_equal(name, span_from(settings[i].name)))
			return &settings[i];
	return NULL;
}

const char *
setting_table_nearest(struct span name)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < SETTING_COUNT; i++)
		nearest_consider(&nearest, settings[i].name);
	return nearest.name;
}

void
setting_table_hint(struct span name, struct error *err)
{
	const struct foreign_setting *foreign = foreign_setting_find(name);
	const char *nearest = setting_table_nearest(name);

	if (foreign != NULL && foreign->setting != NULL)
		error_add(err, "\nhint: smtpost calls it %s = %s%s%s",
		    foreign->setting, foreign->value,
		    foreign->note != NULL ? "; " : "",
		    foreign->note != NULL ? foreign->note : "");
	else if (foreign != NULL)
		error_add(err, "\nhint: %s", foreign->note);
	else if (nearest != NULL)
		error_add(
		    err, "\nhint: the nearest one known is \"%s\"", nearest);
	else
		error_add(err, "\nhint: see smtpost.conf(5)");
}
