/*
 * The table of all settings: to add one, add a row here, a field to struct
 * profile, and a paragraph to smtpost.conf(5).
 */
#include "profile/settings.h"

#include <string.h>

#include "base/nearest.h"
#include "profile/foreign_setting.h"
#include "profile/provider.h"
#include "profile/setting_mail.h"

static const char *const tls_words[] = {
    "required", "opportunistic", "none", NULL};
static const char *const trust_words[] = {"system", "pin", NULL};
static const char *const version_words[] = {"1.2", "1.3", NULL};
static const char *const header_words[] = {
    "keep", "complete", "provider", NULL};
static const char *const aliases_words[] = {"/etc/aliases", "none", NULL};
static const char *const partial_words[] = {
    "best-effort", "all-or-nothing", NULL};
static const char *const queue_words[] = {"never", NULL};
static const char *const use_words[] = {"auto", "never", NULL};
static const char *const ip_words[] = {"any", "4", "6", NULL};
static const char *const report_words[] = {"none", "text", "json", NULL};
static const char *const tcp_words[] = {"none", "loopback", NULL};
static const char *const log_words[] = {
    "none", "syslog", "journal", "stderr", NULL};
static const char *const log_format_words[] = {"text", "json", NULL};

#define AT(member) offsetof(struct profile, member)

/* The order is that of --explain and of the manual. */
static const struct setting settings[] = {
    {"extends", &setting_line, AT(extends), NULL, NULL, SETTING_OWN},
    {"match", &setting_globs, AT(match), NULL, NULL, SETTING_OWN},
    {"provider", &setting_provider, AT(provider), NULL, NULL, 0},
    {"server", &setting_servers, AT(servers), NULL, NULL, 0},
    {"tls", &setting_choice, AT(tls), "required", tls_words, 0},
    {"tls-trust", &setting_text, AT(tls_trust), "system", trust_words,
	SETTING_PATH},
    {"tls-crl", &setting_text, AT(tls_crl), NULL, NULL, SETTING_PATH},
    {"tls-pin", &setting_pins, AT(tls_pin), NULL, NULL, 0},
    {"tls-host", &setting_host, AT(tls_host), NULL, NULL, 0},
    {"tls-min", &setting_choice, AT(tls_min), "1.2", version_words, 0},
    {"tls-priority", &setting_line, AT(tls_priority), NULL, NULL, 0},
    {"tls-cert", &setting_text, AT(tls_cert), NULL, NULL,
	SETTING_PATH | SETTING_OF_LOGIN},
    {"tls-key", &setting_text, AT(tls_key), NULL, NULL,
	SETTING_PATH | SETTING_OF_LOGIN},
    {"auth", &setting_mechanisms, AT(auth), "auto", NULL, 0},
    {"user", &setting_line, AT(user), NULL, NULL, SETTING_OF_LOGIN},
    {"password-command", &setting_text, AT(password_command), NULL, NULL,
	SETTING_SOURCE | SETTING_COMMAND},
    {"password-file", &setting_text, AT(password_file), NULL, NULL,
	SETTING_SOURCE | SETTING_PATH},
    {"password-fd", &setting_descriptor, AT(password_fd), NULL, NULL,
	SETTING_SOURCE},
    {"password", &setting_secret, AT(password), NULL, NULL,
	SETTING_SOURCE | SETTING_SECRET},
    {"token-command", &setting_text, AT(token_command), NULL, NULL,
	SETTING_SOURCE | SETTING_COMMAND},
    {"sender", &setting_sender, AT(sender), NULL, NULL, 0},
    {"full-name", &setting_full_name, AT(full_name), NULL, NULL, 0},
    {"domain", &setting_domain, AT(domain), NULL, NULL, 0},
    {"local-domains", &setting_domains, AT(local_domains), NULL, NULL, 0},
    {"ehlo-name", &setting_domain, AT(ehlo_name), NULL, NULL, 0},
    {"header-policy", &setting_choice, AT(header_policy), "complete",
	header_words, 0},
    {"keep-original-from", &setting_yes_no, AT(keep_original_from), "no", NULL,
	0},
    {"remove-bcc", &setting_yes_no, AT(remove_bcc), "yes", NULL, 0},
    {"repair", &setting_yes_no, AT(repair), "yes", NULL, 0},
    {"aliases", &setting_text, AT(aliases), "/etc/aliases", aliases_words,
	SETTING_PATH},
    {"local-recipients", &setting_addresses, AT(local_recipients), NULL, NULL,
	0},
    {"partial", &setting_choice, AT(partial), "best-effort", partial_words, 0},
    {"queue", &setting_queue, AT(queue), "never", queue_words, 0},
    {"dsn-notify", &setting_dsn_notify, AT(dsn_notify), NULL, NULL, 0},
    {"dsn-return", &setting_dsn_return, AT(dsn_return), NULL, NULL, 0},
    {"pipelining", &setting_choice, AT(pipelining), "auto", use_words, 0},
    {"chunking", &setting_choice, AT(chunking), "auto", use_words, 0},
    {"ip", &setting_choice, AT(network.ip), "any", ip_words, 0},
    {"source-address", &setting_sources, AT(network.sources), NULL, NULL, 0},
    {"proxy", &setting_proxy, AT(network.proxy), NULL, NULL, SETTING_LOGIN_URL},
    {"timeout", &setting_duration, AT(timeout), NULL, NULL, 0},
    {"timeout-connect", &setting_some_duration, AT(timeout_connect), "30s",
	NULL, 0},
    {"timeout-total", &setting_duration, AT(timeout_total), NULL, NULL, 0},
    {"max-size", &setting_size, AT(max_size), NULL, NULL, 0},
    {"memory-max", &setting_size, AT(memory_max), "1M", NULL, 0},
    {"ignore-dots", &setting_yes_no, AT(ignore_dots), "no", NULL, 0},
    {"report", &setting_choice, AT(report), NULL, report_words, 0},
    {"allow-senders", &setting_senders, AT(clients), "any", NULL,
	SETTING_SLASH},
    {"client-rate", &setting_rate, AT(clients.rate), NULL, NULL, 0},
    {"tcp-clients", &setting_choice, AT(clients.tcp), "none", tcp_words, 0},
    {"log", &setting_log, AT(log), "none", log_words, SETTING_SLASH},
    {"log-format", &setting_choice, AT(log_format), "text", log_format_words,
	0},
};

#define SETTING_COUNT (sizeof(settings) / sizeof(settings[0]))

size_t
settings_count(void)
{
	return SETTING_COUNT;
}

const struct setting *
settings_at(size_t index)
{
	return &settings[index];
}

size_t
settings_index(const struct setting *setting)
{
	return (size_t)(setting - settings);
}

const char *
settings_origin(const struct profile *profile, const struct setting *setting)
{
	size_t index = settings_index(setting);

	if (index >= profile->origins.count)
		return NULL;
	return profile->origins.names[index];
}

const struct setting *
settings_find(struct span name)
{
	for (size_t i = 0; i < SETTING_COUNT; i++)
		if (span_equal(name, span_from(settings[i].name)))
			return &settings[i];
	return NULL;
}

const char *
settings_nearest(struct span name)
{
	struct nearest nearest = nearest_to(name);

	for (size_t i = 0; i < SETTING_COUNT; i++)
		nearest_consider(&nearest, settings[i].name);
	return nearest.name;
}

void
settings_hint(struct span name, struct error *err)
{
	const struct foreign_setting *foreign = foreign_setting_find(name);
	const char *nearest = settings_nearest(name);

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
