#include "rows.h"

#include "pki.h"

#include <dirent.h>
#include <fcntl.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

extern char **environ;

/* A folder for certificates; empty where certtool is missing. */
struct fixture {
	char folder[64];
};

static struct fixture fixture;

void
pki_path(char *path, size_t room, const char *name, const char *kind)
{
	snprintf(path, room, "%s/%s.%s", fixture.folder, name, kind);
}

void
pki_write(const char *path, const char *text, const char *mode)
{
	FILE *file = fopen(path, mode);

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

void
pki_append(const char *from, const char *to)
{
	char text[16384];
	FILE *file = fopen(from, "r");
	size_t len;

	assert_non_null(file);
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	fclose(file);
	pki_write(to, text, "a");
}

bool
pki_run(const char *const *arguments)
{
	posix_spawn_file_actions_t actions;
	int status = -1;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	for (int fd = 0; fd < 3; fd++)
		posix_spawn_file_actions_addopen(
		    &actions, fd, "/dev/null", O_RDWR, 0);
	if (posix_spawnp(&pid, arguments[0], &actions, NULL,
		(char *const *)(uintptr_t)arguments, environ) != 0)
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid > 0 && waitpid(pid, &status, 0) == pid &&
	    WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void
make_key(const char *key, const char *option)
{
	const char *arguments[] = {"certtool", "--generate-privkey",
	    option ? "--key-type=rsa" : "--key-type=ecdsa",
	    option ? option : "--curve=secp256r1", "--outfile", key, NULL};

	assert_true(pki_run(arguments));
}

static void
sign(const char *name, const char *template, const char *signer,
    const char *hash)
{
	char pem[128], key[128], form[128], ca[128], ca_key[128];
	const char *arguments[] = {"certtool",
	    signer ? "--generate-certificate" : "--generate-self-signed",
	    "--load-privkey", key, "--template", form, "--outfile", pem,
	    hash ? hash : "--hash=SHA256",
	    signer ? "--load-ca-certificate" : NULL, ca, "--load-ca-privkey",
	    ca_key, NULL};

	pki_path(pem, sizeof(pem), name, "pem");
	pki_path(key, sizeof(key), name, "key");
	pki_path(form, sizeof(form), name, "form");
	pki_path(ca, sizeof(ca), signer ? signer : "", "pem");
	pki_path(ca_key, sizeof(ca_key), signer ? signer : "", "key");
	pki_write(form, template, "w");
	assert_true(pki_run(arguments));
}

void
pki_make(const char *name, const char *template, const char *signer,
    const char *key_option, const char *hash)
{
	char key[128];

	pki_path(key, sizeof(key), name, "key");
	make_key(key, key_option);
	sign(name, template, signer, hash);
}

void
pki_make_for(
    const char *name, const char *template, const char *signer, const char *key)
{
	char from[128], to[128];

	if (key == NULL) {
		pki_make(name, template, signer, NULL, NULL);
		return;
	}
	pki_path(from, sizeof(from), key, "key");
	pki_path(to, sizeof(to), name, "key");
	pki_write(to, "", "w");
	pki_append(from, to);
	sign(name, template, signer, NULL);
}

void
pki_need_openssl(void)
{
	static const char *const version[] = {"openssl", "version", NULL};

	if (!pki_run(version))
		skip();
}

void
pki_make_odd(const char *name, const char *subject, const char *extensions,
    const char *signer, const char *digest)
{
	char pem[128], key[128], request[128], form[128], ca[128], ca_key[128];
	const char *const ask[] = {"openssl", "req", "-new", "-newkey", "ec",
	    "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
	    key, "-subj", subject, "-out", request, NULL};
	const char *const issue[] = {"openssl", "x509", "-req", "-in", request,
	    "-CA", ca, "-CAkey", ca_key, "-set_serial", "77", "-days", "30",
	    "-extfile", form, digest, "-out", pem, NULL};

	pki_need_openssl();
	pki_path(pem, sizeof(pem), name, "pem");
	pki_path(key, sizeof(key), name, "key");
	pki_path(request, sizeof(request), name, "csr");
	pki_path(form, sizeof(form), name, "form");
	pki_path(ca, sizeof(ca), signer, "pem");
	pki_path(ca_key, sizeof(ca_key), signer, "key");
	pki_write(form, extensions, "w");
	assert_true(pki_run(ask));
	assert_true(pki_run(issue));
	if (strcmp(signer, "ca") != 0)
		pki_append(ca, pem);
}

/* What the record is about: a certificate, or its public key. */
static void
export_object(char selector, const char *name, gnutls_datum_t *octets)
{
	char path[128];
	gnutls_datum_t pem;
	gnutls_x509_crt_t certificate;
	gnutls_pubkey_t key;

	pki_path(path, sizeof(path), name, "pem");
	assert_int_equal(gnutls_load_file(path, &pem), 0);
	gnutls_x509_crt_init(&certificate);
	assert_int_equal(
	    gnutls_x509_crt_import(certificate, &pem, GNUTLS_X509_FMT_PEM), 0);
	gnutls_pubkey_init(&key);
	gnutls_pubkey_import_x509(key, certificate, 0);
	if (selector == '0')
		gnutls_x509_crt_export2(
		    certificate, GNUTLS_X509_FMT_DER, octets);
	else
		gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, octets);
	gnutls_pubkey_deinit(key);
	gnutls_x509_crt_deinit(certificate);
	gnutls_free(pem.data);
}

void
pki_add_tlsa(struct buf *record, const char *text, const char *name)
{
	unsigned char digest[64];
	gnutls_datum_t octets;
	char matching = text[4];

	export_object(text[2], name, &octets);
	for (size_t i = 0; i < 3; i++)
		buf_add_char(record, (char)(text[i * 2] - '0'));
	if (matching == '0')
		buf_add(record, octets.data, octets.size);
	else {
		gnutls_hash_fast(
		    matching == '2' ? GNUTLS_DIG_SHA512 : GNUTLS_DIG_SHA256,
		    octets.data, octets.size, digest);
		buf_add(record, digest, matching == '2' ? 64 : 32);
	}
	if (strstr(text, "short") != NULL)
		record->len--;
	if (strstr(text, "long") != NULL)
		buf_add_char(record, 'x');
	if (strstr(text, "none") != NULL)
		record->len = 3;
	gnutls_free(octets.data);
}

void
pki_begin(void)
{
	static const char *const version[] = {"certtool", "--version", NULL};

	signal(SIGPIPE, SIG_IGN);
	if (!pki_run(version)) {
		printf("# certtool is missing: tests with certificates are "
		       "skipped\n");
		return;
	}
	snprintf(
	    fixture.folder, sizeof(fixture.folder), "/tmp/smtpost-tls-XXXXXX");
	if (mkdtemp(fixture.folder) == NULL)
		abort();
}

void
pki_authorities(void)
{
	struct stat status;
	char path[128];

	if (fixture.folder[0] == '\0')
		skip();
	pki_path(path, sizeof(path), "ca", "pem");
	if (stat(path, &status) == 0)
		return;
	pki_make("ca", "cn = \"Test Root\"\n" AUTHORITY, NULL, NULL, NULL);
	pki_make("other", "cn = \"Other Root\"\n" AUTHORITY, NULL, NULL, NULL);
	pki_make(
	    "middle", "cn = \"Test Middle\"\n" AUTHORITY, "ca", NULL, NULL);
	pki_make("late",
	    "cn = \"Late Middle\"\nca\ncert_signing_key\n"
	    "activation_date = \"2020-01-01 00:00:00\"\n"
	    "expiration_date = \"2021-01-01 00:00:00\"\n",
	    "ca", NULL, NULL);
	pki_make("bound",
	    "cn = \"Bound Middle\"\n"
	    "nc_permit_dns = example.com\n" AUTHORITY,
	    "ca", NULL, NULL);
	pki_make("leaf", GOOD, "ca", NULL, NULL);
}

int
pki_end(struct rows *all)
{
	int failures = rows_end(all);
	struct dirent *entry;
	DIR *folder;

	if (fixture.folder[0] == '\0')
		return failures;
	folder = opendir(fixture.folder);
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		unlinkat(dirfd(folder), entry->d_name, 0);
	if (folder != NULL)
		closedir(folder);
	rmdir(fixture.folder);
	return failures;
}
