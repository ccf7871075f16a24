/* Which authorities open TLS on its way, by their names. */
#include "rows.h"

#include "tls/interception.h"

struct name_row {
	const char *name;
	bool is_one;
	const char *common;
};

static const struct name_row name_rows[] = {
    {"CN=Avast Web/Mail Shield Root,O=Avast Web/Mail Shield", true,
	"Avast Web/Mail Shield Root"},
    {"O=AVG Technologies,CN=root", true, "root"},
    {"CN=Corporate Web Gateway CA", true, "Corporate Web Gateway CA"},
    {"CN=FortiGate CA", true, "FortiGate CA"},
    {"CN=ESET SSL Filter CA,O=ESET\\x5c, spol. s r. o.,C=SK", true,
	"ESET SSL Filter CA"},
    {"O=Squid", true, "O=Squid"},
    {"CN=zscaler", true, "zscaler"},
    {"CN=DO_NOT_TRUST_FiddlerRoot", true, "DO_NOT_TRUST_FiddlerRoot"},
    {"CN=a\\x5c, b,O=mitmproxy", true, "a\\x5c, b"},
    /* Letters or digits beside a phrase make it another word. */
    {"CN=Preset CA", false, "Preset CA"},
    {"CN=Esettings", false, "Esettings"},
    {"CN=squid2", false, "squid2"},
    {"CN=Test CA", false, "Test CA"},
    {"CN=R11,O=Let's Encrypt,C=US", false, "R11"},
    {"CN=WR2,O=Google Trust Services,C=US", false, "WR2"},
    {"CN=DigiCert Global Root G2,OU=www.digicert.com,O=DigiCert Inc,C=US",
	false, "DigiCert Global Root G2"},
    {"CN=", false, "CN="},
    {"", false, ""},
    {",,", false, ",,"},
};

static void
test_name(void **state)
{
	const struct name_row *row = *state;
	struct buf common = {0};

	assert_int_equal(
	    interception_is_name(span_from(row->name)), row->is_one);
	interception_add_common_name(span_from(row->name), &common);
	assert_string_equal(buf_text(&common), row->common);
	buf_free(&common);
}

int
main(void)
{
	return rows_run("name", name_rows, ROWS(name_rows), test_name);
}
