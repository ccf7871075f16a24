/* The table of checks. */
#include "doctor/check_table.h"

#include <string.h>

#include "doctor/config_check.h"
#include "doctor/dane_check.h"
#include "doctor/domain_check.h"
#include "doctor/expiry_check.h"
#include "doctor/extension_check.h"
#include "doctor/greeting_check.h"
#include "doctor/login_check.h"
#include "doctor/mx_check.h"
#include "doctor/name_check.h"
#include "doctor/outbound_check.h"
#include "doctor/queue_check.h"
#include "doctor/reach_check.h"
#include "doctor/secret_check.h"
#include "doctor/send_check.h"
#include "doctor/spf_check.h"
#include "doctor/tls_check.h"

const struct check check_table[] = {
    {"config.read", NULL, false, "the files of the configuration",
	config_check_read},
    {"config.profile", "config.read", false, "the choice of the profile",
	config_check_profile},
    {"config.weak", "config.profile", false,
	"settings that weaken the connection", config_check_weak},
    {"config.provider", "config.profile", false, "the mail service",
	config_check_provider},
    {"clock.build", NULL, false, "the clock of this machine",
	config_check_clock},
    {"token.login", "config.profile", false, "the OAuth login",
	secret_check_login},
    {"secret.get", "config.profile", false, "the secret of the login",
	secret_check_get},
    {"token.shape", "secret.get", false, "what a token says about itself",
	secret_check_token},
    {"name.srv", "config.profile", true, "the servers that a domain names",
	name_check_srv},
    {"name.host", "name.srv", true, "the addresses of the servers",
	name_check_host},
    {"name.private", "name.host", true, "private addresses",
	name_check_private},
    {"name.invented", "name.private", true, "invented addresses",
	name_check_invented},
    {"source", "name.invented", false, "the address to connect from",
	reach_check_source},
    {"proxy", "source", false, "the proxy", reach_check_proxy},
    {"reach.connect", "proxy", true, "connections to the servers",
	reach_check_connect},
    {"ipv6", "reach.connect", true, "IPv4 and IPv6", reach_check_ipv6},
    {"reach.port", "proxy", true, "ports that are blocked", reach_check_port},
    {"reach.second", "reach.port", true, "the servers that take over",
	reach_check_second},
    {"reach.mx", "config.profile", false, "the mail servers at port 25",
	mx_check_reach},
    {"greeting", "reach.port", true, "the greeting", greeting_check_greeting},
    {"greeting.foreign", "reach.port", true, "answers by other protocols",
	greeting_check_foreign},
    {"greeting.mode", "greeting.foreign", true, "when TLS begins",
	greeting_check_mode},
    {"clock.greeting", "greeting", true, "the clock of the server",
	greeting_check_clock},
    {"ehlo", "greeting", true, "the reply to EHLO", greeting_check_ehlo},
    {"ehlo.starttls", "ehlo", true, "the offer of STARTTLS",
	greeting_check_starttls},
    {"tls.version", "greeting.mode", true, "the version of TLS",
	tls_check_version},
    {"tls.intercept", "tls.version", true, "whether TLS is opened on the way",
	tls_check_intercept},
    {"tls.trust", "tls.intercept", true, "the issuer of the certificate",
	tls_check_trust},
    {"tls.name", "tls.trust", true, "the name in the certificate",
	tls_check_name},
    {"tls.expiry", "tls.name", true, "the dates of the certificates",
	expiry_check_server},
    {"tls.crl", "tls.expiry", true, "revocation lists", expiry_check_lists},
    {"tls.staple", "tls.crl", true, "the stapled status of the certificate",
	tls_check_staple},
    {"tls.dane", "tls.staple", false, "certificates named in the DNS",
	dane_check_run},
    {"tls.mx", "reach.mx", false, "encryption to the mail servers",
	mx_check_tls},
    {"tls.client", "tls.staple", true, "the client certificate",
	expiry_check_client},
    {"tls.pin", "tls.client", true, "the key of the server", tls_check_pin},
    {"ehlo.again", "tls.pin", true, "the offer after TLS",
	extension_check_again},
    {"auth.offer", "secret.get", false, "the logins offered",
	login_check_offer},
    {"auth.login", "auth.offer", false, "the login", login_check_login},
    {"size", "auth.login", true, "the size limit", extension_check_size},
    {"extensions", "auth.login", true, "the extensions",
	extension_check_others},
    {"mail.from", "extensions", false, "the sender", login_check_sender},
    {"queue", "config.profile", false, "mail that waits in the queue",
	queue_check_mail},
    {"queue.dead", "config.profile", false, "mail that was given up",
	queue_check_dead},
    {"outbound", "config.profile", false, "the address that receivers see",
	outbound_check_address},
    {"dns.mx", "config.profile", false,
	"the mail servers of the sender's domain", domain_check_mx},
    {"dns.spf", "config.profile", false, "SPF of the sender's domain",
	spf_check_run},
    {"dns.spf.pass", "dns.spf", false, "the result of SPF", spf_check_pass},
    {"dns.dkim", "config.profile", false, "DKIM of the sender's domain",
	domain_check_dkim},
    {"dns.dmarc", "config.profile", false, "DMARC of the sender's domain",
	domain_check_dmarc},
    {"dns.ptr", "config.profile", false, "the name of the address",
	outbound_check_name},
    {"dns.helo", "config.profile", false, "the name in EHLO",
	outbound_check_ehlo},
    {"mail.send", "mail.from", false, "a test mail", send_check_mail},
};

const size_t check_table_count = sizeof(check_table) / sizeof(check_table[0]);

size_t
check_table_find(const char *id)
{
	size_t i = 0;

	while (i < check_table_count && strcmp(check_table[i].id, id) != 0)
		i++;
	return i;
}
