/* Certificates and revocation lists in files. */
#include "rows.h"

#include <sys/stat.h>

#include "pki.h"
#include "tls/certificate_file.h"

static void
test_read(void **state)
{
	struct certificate_facts facts;
	struct tls_failure failure = {0};
	char path[128];

	(void)state;
	pki_authorities();
	pki_path(path, sizeof(path), "leaf", "pem");
	assert_true(certificate_file_read(path, &facts, &failure));
	assert_string_equal(facts.issuer, "CN=Test Root");
	certificate_facts_free(&facts);
	pki_path(path, sizeof(path), "leaf", "form");
	assert_false(certificate_file_read(path, &facts, &failure));
	assert_non_null(strstr(failure.text, "holds no certificate"));
	assert_false(certificate_file_read("/nonexistent", &facts, &failure));
	assert_non_null(strstr(failure.text, "/nonexistent"));
	pki_path(path, sizeof(path), "broken", "pem");
	pki_write(path,
	    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
	    "w");
	assert_false(certificate_file_read(path, &facts, &failure));
}

static void
make_list(const char *name, const char *days)
{
	char list[128], form[128], ca[128], key[128];
	const char *const arguments[] = {"certtool", "--generate-crl",
	    "--load-ca-privkey", key, "--load-ca-certificate", ca, "--template",
	    form, "--outfile", list, NULL};

	pki_path(list, sizeof(list), name, "crl");
	pki_path(form, sizeof(form), name, "form");
	pki_path(ca, sizeof(ca), "ca", "pem");
	pki_path(key, sizeof(key), "ca", "key");
	pki_write(form, "crl_number = 5\n", "w");
	pki_write(form, days, "a");
	assert_true(pki_run(arguments));
}

static void
test_lists(void **state)
{
	struct tls_failure failure = {0};
	char first[128], second[128];
	int64_t renewal, later;

	(void)state;
	pki_authorities();
	make_list("long", "crl_next_update = 300\n");
	make_list("short", "crl_next_update = 10\n");
	pki_path(first, sizeof(first), "long", "crl");
	pki_path(second, sizeof(second), "short", "crl");
	assert_true(certificate_file_read_lists(first, &later, &failure));
	pki_append(second, first);
	assert_true(certificate_file_read_lists(first, &renewal, &failure));
	assert_true(renewal > 0);
	assert_in_range(later - renewal, 290 * 86400 - 60, 290 * 86400 + 60);
	pki_path(first, sizeof(first), "leaf", "pem");
	assert_false(certificate_file_read_lists(first, &renewal, &failure));
	assert_non_null(strstr(failure.text, "holds no revocation list"));
	assert_int_equal(renewal, 0);
}

static void
test_find(void **state)
{
	struct certificate_facts facts;
	struct tls_failure failure = {0};
	char folder[128], inner[160], path[192], ca[128], der[192];
	const char *const convert[] = {"certtool", "--certificate-info",
	    "--infile", ca, "--outder", "--outfile", der, NULL};
	char *found;

	(void)state;
	pki_authorities();
	pki_path(ca, sizeof(ca), "ca", "pem");
	assert_true(certificate_file_read(ca, &facts, &failure));
	pki_path(folder, sizeof(folder), "anchors", "d");
	snprintf(inner, sizeof(inner), "%s/inner", folder);
	snprintf(path, sizeof(path), "%s/ca.crt", inner);
	snprintf(der, sizeof(der), "%s/ca.der", inner);
	assert_null(certificate_file_find(folder, facts.sha256));
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(mkdir(inner, 0700), 0);
	assert_null(certificate_file_find(folder, facts.sha256));

	/* The second in its file, which also has other text. */
	pki_path(ca, sizeof(ca), "other", "pem");
	pki_write(path, "# roots\n", "w");
	pki_append(ca, path);
	assert_null(certificate_file_find(folder, facts.sha256));
	pki_path(ca, sizeof(ca), "ca", "pem");
	pki_append(ca, path);
	found = certificate_file_find(folder, facts.sha256);
	assert_string_equal(found, path);
	free(found);
	assert_null(certificate_file_find(folder, ""));

	assert_int_equal(unlink(path), 0);
	assert_true(pki_run(convert));
	found = certificate_file_find(folder, facts.sha256);
	assert_string_equal(found, der);
	free(found);
	certificate_facts_free(&facts);
	unlink(der);
	rmdir(inner);
	rmdir(folder);
}

int
main(void)
{
	struct rows all = {0};

	pki_begin();
	rows_add_one(&all, "the first of a file", test_read);
	rows_add_one(&all, "when lists are renewed", test_lists);
	rows_add_one(&all, "in a folder", test_find);
	return pki_end(&all);
}
