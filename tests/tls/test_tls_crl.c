/*
 * Revocation lists in a file of the user's (tls-crl). As with roots it must
 * not matter whether few or all of them are read.
 */
#include "rows.h"

#include "tls/tls.h"

#include <signal.h>

#include "base/text.h"
#include "base/wait.h"
#include "peer.h"
#include "pki.h"

struct crl_row {
	const char *name;
	const char *certificate;
	/* The lists in the file: who signs, and whom it takes back. */
	const char *lists[2][2];
	const char *raw; /* instead of lists */
	enum tls_result result;
	const char *text;
};

static const struct crl_row crl_rows[] = {
    {"not in the list", "leaf", {{"ca", "back"}}, NULL, TLS_DONE, ""},
    {"in the list", "back", {{"ca", "back"}}, NULL, TLS_REFUSED,
	"the certificate has been revoked"},
    {"in the second list", "back", {{"other", "leaf"}, {"ca", "back"}}, NULL,
	TLS_REFUSED, "the certificate has been revoked"},
    {"in the list of another issuer", "back", {{"other", "back"}}, NULL,
	TLS_DONE, ""},
    {"the issuer's is in the list", "below", {{"ca", "middle"}}, NULL,
	TLS_REFUSED, "revoked"},
    {"in the issuer's list", "below", {{"middle", "below"}}, NULL, TLS_REFUSED,
	"the certificate has been revoked"},
    {"empty file", "leaf", {{NULL}}, "", TLS_CONFIG,
	"it holds no revocation list in PEM form"},
    {"damaged", "leaf", {{NULL}},
	"-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n", TLS_CONFIG,
	"it holds no revocation list in PEM form"},
    {"no file", "leaf", {{NULL}}, NULL, TLS_CONFIG, "cannot open"},
};

static void
make_list(const char *signer, const char *revoked, const char *all)
{
	char ca[128], key[128], form[128], list[128], back[128];
	const char *const arguments[] = {"certtool", "--generate-crl",
	    "--load-ca-privkey", key, "--load-ca-certificate", ca,
	    "--load-certificate", back, "--template", form, "--outfile", list,
	    NULL};

	pki_path(ca, sizeof(ca), signer, "pem");
	pki_path(key, sizeof(key), signer, "key");
	pki_path(back, sizeof(back), revoked, "pem");
	pki_path(form, sizeof(form), "list", "form");
	pki_path(list, sizeof(list), "list", "crl");
	pki_write(form, "crl_next_update = 30\ncrl_number = 1\n", "w");
	assert_true(pki_run(arguments));
	pki_append(list, all);
}

static void
make_all(void)
{
	static bool made;

	pki_authorities();
	if (made)
		return;
	made = true;
	pki_make("back", GOOD, "ca", NULL, NULL);
	pki_make("below", GOOD, "middle", NULL, NULL);
	{
		char from[128], to[128];

		pki_path(from, sizeof(from), "middle", "pem");
		pki_path(to, sizeof(to), "below", "pem");
		pki_append(from, to);
	}
}

static void
test_crl(void **state)
{
	const struct crl_row *row = *state;
	char crl[128], trust[128];
	struct tls_options options = {.host = "mail.example.org",
	    .name = "mail.example.org",
	    .trust = trust,
	    .crl = crl,
	    .verify = true};
	struct peer server;
	struct tls_failure failure;
	struct tls *tls;

	make_all();
	pki_path(trust, sizeof(trust), "ca", "pem");
	pki_path(crl, sizeof(crl), "all", "crl");
	unlink(crl);
	if (row->raw != NULL || row->lists[0][0] != NULL)
		pki_write(crl, row->raw != NULL ? row->raw : "", "w");
	for (size_t i = 0; i < 2 && row->lists[i][0] != NULL; i++)
		make_list(row->lists[i][0], row->lists[i][1], crl);
	server = peer_start(row->certificate, TLS13, peer_hang_up);
	tls = tls_start(server.fd, &options, deadline_in(LONG), &failure);
	if (failure.result != row->result ||
	    (tls == NULL && strstr(failure.text, row->text) == NULL))
		fail_msg("%d, \"%s\" lacks \"%s\"", failure.result,
		    failure.text, row->text);
	assert_int_equal(tls != NULL, row->result == TLS_DONE);
	tls_free(tls);
	close(server.fd);
	peer_end(&server, row->result == TLS_DONE ? 0 : 50);
}

int
main(void)
{
	struct rows all = {0};
	int failures;

	signal(SIGPIPE, SIG_IGN);
	gnutls_global_init();
	pki_begin();
	rows_add(&all, "list", crl_rows, ROWS(crl_rows), test_crl);
	failures = rows_end(&all);
	pki_end();
	return failures;
}
