#include "folder.h"

#include "profile/effective_settings.h"
#include "profile/profile_choice.h"
#include "profile/profiles.h"

/* The whole of it, once: the form is stable. @ stands for the folder. */
static const char expected[] =
    "profile = work                           the only profile\n"
    "extends =                                default\n"
    "match = *@a.example, me@b.example        @/config:5\n"
    "provider =                               default\n"
    "server = smtp://a.example:587, smtps://[::1]:465  @/config:2\n"
    "tls = required                           default\n"
    "tls-trust = system                       default\n"
    "tls-crl =                                default\n"
    "tls-pin =                                default\n"
    "tls-host =                               default\n"
    "tls-min = 1.2                            default\n"
    "tls-priority =                           default\n"
    "tls-cert =                               default\n"
    "tls-key =                                default\n"
    "mx-security = dane, mta-sts              default\n"
    "dnssec = auto                            default\n"
    "auth = auto                              default\n"
    "user = J\xc3\xb6rg \\x5c x                      @/config:3\n"
    "password-command =                       default\n"
    "password-file =                          default\n"
    "password-fd =                            default\n"
    "password = ***                           @/config:4\n"
    "token-command =                          default\n"
    "oauth =                                  default\n"
    "oauth-client-id =                        default\n"
    "oauth-client-secret =                    default\n"
    "oauth-client-secret-file =               default\n"
    "oauth-tenant =                           default\n"
    "oauth-scope =                            default\n"
    "oauth-flow = auto                        default\n"
    "oauth-key =                              default\n"
    "oauth-store = file                       default\n"
    "oauth-read-command =                     default\n"
    "oauth-write-command =                    default\n"
    "oauth-tls-trust = system                 default\n"
    "sender =                                 default\n"
    "full-name =                              default\n"
    "domain =                                 default\n"
    "local-domains =                          default\n"
    "ehlo-name =                              default\n"
    "header-policy = complete                 default\n"
    "keep-original-from = no                  default\n"
    "remove-bcc = yes                         default\n"
    "undisclosed-recipients = no              default\n"
    "add-headers =                            default\n"
    "repair = yes                             default\n"
    "filter-command =                         default\n"
    "dkim-key =                               default\n"
    "dkim-selector =                          default\n"
    "dkim-domain =                            default\n"
    "dkim-lifetime =                          default\n"
    "aliases = /etc/aliases                   default\n"
    "local-recipients =                       default\n"
    "max-size = 10M                           --set\n"
    "memory-max = 1M                          default\n"
    "ignore-dots = no                         default\n"
    "partial = best-effort                    default\n"
    "dsn-notify =                             default\n"
    "dsn-return =                             default\n"
    "sent-copy =                              default\n"
    "sent-copy-bcc = no                       default\n"
    "pipelining = auto                        default\n"
    "chunking = auto                          default\n"
    "ip = any                                 default\n"
    "source-address =                         default\n"
    "proxy =                                  default\n"
    "proxy-password-command =                 default\n"
    "proxy-password-file =                    default\n"
    "timeout-connect = 30s                    default\n"
    "timeout =                                default\n"
    "timeout-total =                          default\n"
    "max-messages = 100                       default\n"
    "queue =                                  default\n"
    "queue-dir =                              default\n"
    "queue-lifetime = 5d                      default\n"
    "queue-retry = 5m 4h                      default\n"
    "queue-warn = 1d                          default\n"
    "queue-flush = yes                        default\n"
    "queue-run-time = 1h                      default\n"
    "max-queue = 10000 1G                     default\n"
    "in-doubt = retry                         default\n"
    "notifications = yes                      default\n"
    "notify-command =                         default\n"
    "report = json                            --report\n"
    "allow-senders = any                      default\n"
    "client-rate =                            default\n"
    "tcp-clients = none                       default\n"
    "log = none                               default\n"
    "log-format = text                        default\n"
    "log-recipients = full                    default\n";

static void
test_whole(void **state)
{
	struct span sets[] = {SPAN("max-size=10240K"), SPAN("report=json")};
	struct span origins[] = {SPAN("--set"), SPAN("--report")};
	struct profile_sources sources = {
	    .sets = sets, .set_origins = origins, .set_count = 2};
	struct error err = {0};
	struct buf out = {0}, wanted = {0};
	struct span rest = span_from(expected);
	struct profile profile;
	struct profiles *profiles;
	struct folder folder;
	char *path;

	(void)state;
	folder_make(&folder);
	folder_write(&folder, "config", 0600,
	    "[work]\nserver = smtp://a.example smtps://[::1]\n"
	    "user = J\xc3\xb6rg \\ x\npassword = hunter2\n"
	    "match = *@a.example me@b.example\n");
	path = folder_path(&folder, "config");
	sources.config = path;
	profiles = profiles_load(&sources, &err);
	assert_non_null(profiles);
	assert_true(
	    profile_choice_make(&profile, profiles, NULL, NULL, NULL, &err));
	effective_settings_add(&profile, &out);
	while (rest.len > 0) {
		size_t at = span_find(rest, '/');

		/* "@/config": but for the @ of addresses */
		if (at < rest.len && at > 0 && rest.at[at - 1] == '@') {
			buf_add_span(&wanted, span_head(rest, at - 1));
			buf_add_text(&wanted, folder.path);
		} else {
			buf_add_span(&wanted, span_head(rest, at));
		}
		if (at < rest.len)
			buf_add_char(&wanted, '/');
		rest = span_skip(rest, at + 1);
	}
	assert_string_equal(buf_text(&out), buf_text(&wanted));
	buf_free(&out);
	buf_free(&wanted);
	profile_free(&profile);
	profiles_free(profiles);
	free(path);
	folder_remove(&folder);
}

int
main(void)
{
	struct rows all = {0};

	rows_add_one(&all, "every setting", test_whole);
	return rows_end(&all);
}
