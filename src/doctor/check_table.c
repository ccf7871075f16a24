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
#include "doctor/name_check.h"
#include "doctor/outbound_check.h"
#include "doctor/queue_check.h"
#include "doctor/reach_check.h"
#include "doctor/secret_check.h"
#include "doctor/send_check.h"
#include "doctor/spf_check.h"
#include "doctor/tls_check.h"

const struct check check_table[] = {
    {"config.read", NULL, "the files of the configuration", config_check_read},
    {"config.profile", "config.read", "the choice of the profile",
	config_check_profile},
    {"config.weak", "config.profile", "settings that weaken the connection",
	config_check_weak},
    {"config.provider", "config.profile", "the mail service",
	config_check_provider},
    {"clock.build", NULL, "the clock of this machine", config_check_clock},
    {"token.login", "config.profile", "the OAuth login", secret_check_login},
    {"secret.get", "config.profile", "the secret of the login",
	secret_check_get},
    {"token.shape", "secret.get", "what a token says about itself",
	secret_check_token},
    {"name.srv", "config.profile", "the servers that a domain names",
	name_check_srv},
    {"name.host", "name.srv", "the addresses of the servers", name_check_host},
    {"name.private", "name.host", "private addresses", name_check_private},
    {"name.invented", "name.private", "invented addresses",
	name_check_invented},
    {"source", "name.invented", "the address to connect from",
	reach_check_source},
    {"proxy", "source", "the proxy", reach_check_proxy},
    {"reach.connect", "proxy", "connections to the servers",
	reach_check_connect},
    {"ipv6", "reach.connect", "IPv4 and IPv6", reach_check_ipv6},
    {"reach.port", "proxy", "ports that are blocked", reach_check_port},
    {"reach.second", "reach.port", "the servers that take over",
	reach_check_second},
    {"greeting", "reach.port", "the greeting", greeting_check_greeting},
    {"greeting.foreign", "reach.port", "answers by other protocols",
	greeting_check_foreign},
    {"greeting.mode", "greeting.foreign", "when TLS begins",
	greeting_check_mode},
    {"clock.greeting", "greeting", "the clock of the server",
	greeting_check_clock},
    {"ehlo", "greeting", "the reply to EHLO", greeting_check_ehlo},
    {"ehlo.starttls", "ehlo", "the offer of STARTTLS", greeting_check_starttls},
    {"tls.version", "greeting.mode", "the version of TLS", tls_check_version},
    {"tls.intercept", "tls.version", "whether TLS is opened on the way",
	tls_check_intercept},
    {"tls.trust", "tls.intercept", "the issuer of the certificate",
	tls_check_trust},
    {"tls.name", "tls.trust", "the name in the certificate", tls_check_name},
    {"tls.expiry", "tls.name", "the dates of the certificates",
	expiry_check_server},
    {"tls.crl", "tls.expiry", "revocation lists", expiry_check_lists},
    {"tls.staple", "tls.crl", "the stapled status of the certificate",
	tls_check_staple},
    {"tls.dane", "tls.staple", "certificates named in the DNS", dane_check_run},
    {"tls.client", "tls.staple", "the client certificate", expiry_check_client},
    {"tls.pin", "tls.client", "the key of the server", tls_check_pin},
    {"ehlo.again", "tls.pin", "the offer after TLS", extension_check_again},
    {"auth.offer", "secret.get", "the logins offered", login_check_offer},
    {"auth.login", "auth.offer", "the login", login_check_login},
    {"size", "auth.login", "the size limit", extension_check_size},
    {"extensions", "auth.login", "the extensions", extension_check_others},
    {"mail.from", "extensions", "the sender", login_check_sender},
    {"queue", "config.profile", "mail that waits in the queue",
	queue_check_mail},
    {"queue.dead", "config.profile", "mail that was given up",
	queue_check_dead},
    {"outbound", "config.profile", "the address that receivers see",
	outbound_check_address},
    {"dns.mx", "config.profile", "the mail servers of the sender's domain",
	domain_check_mx},
    {"dns.spf", "config.profile", "SPF of the sender's domain", spf_check_run},
    {"dns.spf.pass", "dns.spf", "the result of SPF", spf_check_pass},
    {"dns.dkim", "config.profile", "DKIM of the sender's domain",
	domain_check_dkim},
    {"dns.dmarc", "config.profile", "DMARC of the sender's domain",
	domain_check_dmarc},
    {"dns.ptr", "config.profile", "the name of the address",
	outbound_check_name},
    {"dns.helo", "config.profile", "the name in EHLO", outbound_check_ehlo},
    {"mail.send", "mail.from", "a test mail", send_check_mail},
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
