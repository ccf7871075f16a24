#include "rows.h"

#include "doctor/spf_verdict.h"
#include "doctor/zone.h"
#include "net/host.h"

/* Ten look-ups that find an address */
#define TEN                                                                \
	"a:x.org a:x.org a:x.org a:x.org a:x.org a:x.org a:x.org a:x.org " \
	"a:x.org a:x.org "
#define LABEL60 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefgh"

static struct zone_record zone[] = {
    {"x.org", DNS_A, "198.51.100.9", 0},
    {"host.org", DNS_A, "192.0.2.1", 0},
    {"host.org", DNS_A, "192.0.2.5", 0},
    {"host.org", DNS_AAAA, "2001:db8::5", 0},
    {"only6.org", DNS_AAAA, "2001:db8::5", 0},
    {"own.org", DNS_A, "192.0.2.5", 0},
    {"own.org", DNS_TXT, "v=spf1 a -all", 0},
    {"mx.org", DNS_MX, "host.org", 0},
    {"mx.org", DNS_TXT, "v=spf1 mx -all", 0},
    {"deadmx.org", DNS_MX, "gone.org", 0},
    {"nullmx.org", DNS_MX, "", 0},
    {"crowd.org", DNS_MX, "x.org", 11},
    {"ten.org", DNS_MX, "x.org", 10},
    {"pass.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all", 0},
    {"fail.org", DNS_TXT, "v=spf1 -all", 0},
    {"soft.org", DNS_TXT, "v=spf1 ~all", 0},
    {"neutral.org", DNS_TXT, "v=spf1 ?all", 0},
    {"empty.org", DNS_TXT, "v=spf1", 0},
    {"wrong.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 moo -all", 0},
    {"two.org", DNS_TXT, "v=spf1 -all", 0},
    {"two.org", DNS_TXT, "v=spf1 +all", 0},
    {"other.org", DNS_TXT, "v=spf10 +all", 0},
    {"down.org", DNS_TXT, "!", 0},
    {"down.org", DNS_A, "!", 0},
    {"self.org", DNS_TXT, "v=spf1 include:self.org -all", 0},
    {"ring.org", DNS_TXT, "v=spf1 redirect=ring.org", 0},
    {"me.mail.org.by.host.org", DNS_A, "127.0.0.2", 0},
    {"5.2.0.192.list.org", DNS_A, "127.0.0.2", 0},
    {"5.2.0.192.in-addr.arpa", DNS_PTR, "liar.org", 0},
    {"5.2.0.192.in-addr.arpa", DNS_PTR, "mail.named.org", 0},
    {"liar.org", DNS_A, "192.0.2.77", 0},
    {"mail.named.org", DNS_A, "192.0.2.5", 0},
    {"mail.named.org.p.org", DNS_A, "127.0.0.2", 0},
    {"unknown.p.org", DNS_A, "127.0.0.2", 0},
    {"7.2.0.192.in-addr.arpa", DNS_PTR, "!", 0},
    {"8.2.0.192.in-addr.arpa", DNS_PTR, "x.org", 10},
    {"8.2.0.192.in-addr.arpa", DNS_PTR, "eleventh.org", 0},
    {"eleventh.org", DNS_A, "192.0.2.8", 0},
    {"9.2.0.192.in-addr.arpa", DNS_PTR, "down.org", 0},
    {"9.2.0.192.in-addr.arpa", DNS_PTR, "nine.org", 0},
    {"nine.org", DNS_A, "192.0.2.9", 0},
    {"foo:bar/baz.org", DNS_A, "192.0.2.5", 0},
    {LABEL60 "." LABEL60 "." LABEL60 "." LABEL60 ".org", DNS_A, "127.0.0.2", 0},
    {"exp.org", DNS_TXT, "v=spf1 -all exp=gone.org", 0},
    {NULL, DNS_TXT, NULL, 0},
};

struct row {
	const char *record; /* of mail.org */
	const char *expected;
	const char *address; /* NULL: 192.0.2.5 */
};

static const struct row rows[] = {
    /* Results and qualifiers */
    {"v=spf1 ip4:192.0.2.5 -all", "pass by ip4:192.0.2.5", NULL},
    {"v=spf1 +ip4:192.0.2.5 -all", "pass by +ip4:192.0.2.5", NULL},
    {"v=spf1 ip4:192.0.2.6 -all", "fail by -all", NULL},
    {"v=spf1 ~all", "softfail by ~all", NULL},
    {"v=spf1 ?ip4:192.0.2.5 -all", "neutral by ?ip4:192.0.2.5", NULL},
    {"v=spf1", "neutral", NULL},
    {"v=spf1 ip4:192.0.2.6", "neutral", NULL},
    {"V=SPF1 IP4:192.0.2.5 -ALL", "pass by IP4:192.0.2.5", NULL},
    {"v=spf1   -all  ", "fail by -all", NULL},
    {"v=spf10 -all", "none", NULL},
    {"v=spf1-all", "none", NULL},
    {"", "none", NULL},
    /* Networks */
    {"v=spf1 ip4:192.0.2.0/24 -all", "pass by ip4:192.0.2.0/24", NULL},
    {"v=spf1 ip4:192.0.2.4/31 -all", "pass by ip4:192.0.2.4/31", NULL},
    {"v=spf1 ip4:192.0.2.6/31 -all", "fail by -all", NULL},
    {"v=spf1 ip4:203.0.113.1/0 -all", "pass by ip4:203.0.113.1/0", NULL},
    {"v=spf1 ip6:2001:db8::/32 -all", "pass by ip6:2001:db8::/32",
	"2001:db8::5"},
    {"v=spf1 ip6:2001:db9::/31 -all", "pass by ip6:2001:db9::/31",
	"2001:db8::5"},
    {"v=spf1 ip6:2001:db8::6 -all", "fail by -all", "2001:db8::5"},
    {"v=spf1 ip6:::/0 -all", "fail by -all", NULL},
    {"v=spf1 ip4:0.0.0.0/0 -all", "fail by -all", "2001:db8::5"},
    {"v=spf1 ip4:192.0.2.5 -all", "pass by ip4:192.0.2.5", "::ffff:192.0.2.5"},
    {"v=spf1 ip6:::ffff:192.0.2.5 -all", "fail by -all", "::ffff:192.0.2.5"},
    /* Errors, wherever they are */
    {"v=spf1 -all moo", "permerror by moo: moo is no term of SPF", NULL},
    {"v=spf1 ip4:192.0.2.5 ip4:192.0.2 -all",
	"permerror by ip4:192.0.2: ip4:192.0.2 has no IPv4 address", NULL},
    {"v=spf1 +all redirect=fail.org redirect=fail.org",
	"permerror by redirect=fail.org: redirect=fail.org is there for the "
	"second time",
	NULL},
    {"v=spf1 exp=a.org +all exp=a.org",
	"permerror by exp=a.org: exp=a.org is there for the second time", NULL},
    {"v=spf1 a:x.org/33 -all",
	"permerror by a:x.org/33: a:x.org/33 has no domain", NULL},
    {"v=spf1 a:museum -all", "permerror by a:museum: a:museum has no domain",
	NULL},
    {"v=spf1 exists:%{d}.x.1 -all",
	"permerror by exists:%{d}.x.1: exists:%{d}.x.1 has no domain", NULL},
    {"v=spf1 exists:%{d}. -all",
	"permerror by exists:%{d}.: exists:%{d}. has no domain", NULL},
    {"v=spf1 exists:%{r} -all",
	"permerror by exists:%{r}: exists:%{r} has no domain", NULL},
    /* Modifiers that nobody knows, and exp, change nothing. */
    {"v=spf1 moo=%{s}.%{d} x.y-z= ip4:192.0.2.5 -all", "pass by ip4:192.0.2.5",
	NULL},
    {"v=spf1 moo=%{r} -all",
	"permerror by moo=%{r}: moo=%{r} is no term of SPF", NULL},
    {"v=spf1 moo=%{x} -all",
	"permerror by moo=%{x}: moo=%{x} is no term of SPF", NULL},
    {"v=spf1 -all exp=down.org", "fail by -all", NULL},
    /* a */
    {"v=spf1 a:host.org -all", "pass by a:host.org", NULL},
    {"v=spf1 a:host.org. -all", "pass by a:host.org.", NULL},
    {"v=spf1 a:host.org -all", "pass by a:host.org", "2001:db8::5"},
    {"v=spf1 a:only6.org -all", "fail by -all", NULL},
    {"v=spf1 a:host.org/24 -all", "pass by a:host.org/24", "192.0.2.99"},
    {"v=spf1 a:host.org/24//64 -all", "pass by a:host.org/24//64",
	"2001:db8::77"},
    {"v=spf1 a:host.org//64 -all", "fail by -all", "192.0.2.99"},
    {"v=spf1 a:host.org/0 -all", "pass by a:host.org/0", "203.0.113.1"},
    {"v=spf1 a:foo:bar/baz.org -all", "pass by a:foo:bar/baz.org", NULL},
    {"v=spf1 a:foo:bar/baz.org/24 -all", "pass by a:foo:bar/baz.org/24",
	"192.0.2.88"},
    {"v=spf1 a:%{d}..host.org -all", "fail by -all", NULL},
    {"v=spf1 a:down.org ip4:192.0.2.5 -all",
	"temperror by a:down.org: cannot look up down.org: ", NULL},
    /* mx */
    {"v=spf1 mx:mx.org -all", "pass by mx:mx.org", NULL},
    {"v=spf1 mx:mx.org/24 -all", "pass by mx:mx.org/24", "192.0.2.99"},
    {"v=spf1 mx:host.org -all", "fail by -all", NULL},
    {"v=spf1 mx:nullmx.org -all", "fail by -all", NULL},
    {"v=spf1 mx:ten.org -all", "fail by -all", NULL},
    {"v=spf1 mx:crowd.org -all",
	"permerror by mx:crowd.org: crowd.org has more than 10 mail servers",
	NULL},
    /* exists asks for IPv4 always. */
    {"v=spf1 exists:host.org -all", "pass by exists:host.org", "2001:db8::99"},
    {"v=spf1 exists:only6.org -all", "fail by -all", "2001:db8::5"},
    {"v=spf1 exists:%{ir}.list.org -all", "pass by exists:%{ir}.list.org",
	NULL},
    {"v=spf1 exists:%{ir}.list.org -all", "fail by -all", "192.0.2.6"},
    {"v=spf1 exists:%{l}.%{o}.by.%{h} -all", "pass by exists:%{l}.%{o}.by.%{h}",
	NULL},
    /* The labels at the left of a long name are dropped. */
    {"v=spf1 exists:dropped." LABEL60 "." LABEL60 "." LABEL60 "." LABEL60
     ".org -all",
	"pass by exists:dropped." LABEL60
	".abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
	NULL},
    /* ptr */
    {"v=spf1 ptr:named.org -all", "pass by ptr:named.org", NULL},
    {"v=spf1 ptr:mail.named.org -all", "pass by ptr:mail.named.org", NULL},
    {"v=spf1 ptr:amed.org -all", "fail by -all", NULL},
    {"v=spf1 ptr:liar.org -all", "fail by -all", NULL},
    {"v=spf1 ptr -all", "fail by -all", NULL},
    {"v=spf1 ptr:named.org -all", "fail by -all", "192.0.2.6"},
    {"v=spf1 ptr:named.org -all", "fail by -all", "192.0.2.7"},
    {"v=spf1 ptr:eleventh.org -all", "fail by -all", "192.0.2.8"},
    {"v=spf1 ptr:nine.org -all", "pass by ptr:nine.org", "192.0.2.9"},
    {"v=spf1 exists:%{p}.p.org -all", "pass by exists:%{p}.p.org", NULL},
    {"v=spf1 exists:%{p}.p.org -all", "pass by exists:%{p}.p.org", "192.0.2.6"},
    /* include */
    {"v=spf1 include:pass.org -all", "pass by include:pass.org", NULL},
    {"v=spf1 -include:pass.org +all", "fail by -include:pass.org", NULL},
    {"v=spf1 include:fail.org ~all", "softfail by ~all", NULL},
    {"v=spf1 include:soft.org ~all", "softfail by ~all", NULL},
    {"v=spf1 include:neutral.org ~all", "softfail by ~all", NULL},
    {"v=spf1 include:empty.org ~all", "softfail by ~all", NULL},
    {"v=spf1 include:exp.org ~all", "softfail by ~all", NULL},
    {"v=spf1 include:own.org ~all", "pass by include:own.org", NULL},
    {"v=spf1 include:gone.org +all",
	"permerror by include:gone.org: gone.org has no SPF record", NULL},
    {"v=spf1 include:other.org +all",
	"permerror by include:other.org: other.org has no SPF record", NULL},
    {"v=spf1 include:down.org +all",
	"temperror at down.org: cannot look up down.org: ", NULL},
    {"v=spf1 include:wrong.org +all",
	"permerror by moo at wrong.org: moo is no term of SPF", NULL},
    {"v=spf1 include:two.org +all",
	"permerror at two.org: two.org has two SPF records", NULL},
    {"v=spf1 include:%{d}..x.org +all",
	"permerror by include:%{d}..x.org: the domain to include is no domain "
	"name",
	NULL},
    {"v=spf1 include:self.org +all",
	"permerror by include:self.org at self.org: more than 10 look-ups are "
	"needed",
	NULL},
    /* redirect */
    {"v=spf1 redirect=pass.org", "pass by ip4:192.0.2.5 at pass.org", NULL},
    {"v=spf1 redirect=own.org", "pass by a at own.org", NULL},
    {"v=spf1 redirect=mx.org", "pass by mx at mx.org", NULL},
    {"v=spf1 redirect=fail.org ~all", "softfail by ~all", NULL},
    {"v=spf1 redirect=gone.org",
	"permerror by redirect=gone.org: gone.org has no SPF record", NULL},
    {"v=spf1 redirect=%{d}..x.org",
	"permerror by redirect=%{d}..x.org: the target of redirect is no "
	"domain name",
	NULL},
    {"v=spf1 redirect=ring.org",
	"permerror by redirect=ring.org at ring.org: more than 10 look-ups are "
	"needed",
	NULL},
    /* Limits */
    {"v=spf1 " TEN "-all", "fail by -all", NULL},
    {"v=spf1 " TEN "ip4:192.0.2.5 a:x.org -all", "pass by ip4:192.0.2.5", NULL},
    {"v=spf1 " TEN "a:x.org -all",
	"permerror by a:x.org: more than 10 look-ups are needed", NULL},
    {"v=spf1 " TEN "include:pass.org -all",
	"permerror by include:pass.org: more than 10 look-ups are needed",
	NULL},
    {"v=spf1 " TEN "redirect=pass.org",
	"permerror by redirect=pass.org: more than 10 look-ups are needed",
	NULL},
    {"v=spf1 a:n1.org mx:n2.org -all", "fail by -all", NULL},
    {"v=spf1 a:n1.org mx:n2.org exists:n3.org -all",
	"permerror by exists:n3.org: more than 2 look-ups find nothing", NULL},
    {"v=spf1 mx:deadmx.org a:n1.org a:n2.org +all",
	"permerror by a:n2.org: more than 2 look-ups find nothing", NULL},
};

static void
tell(struct spf_verdict *verdict, struct buf *out)
{
	buf_add_text(out, spf_verdict_name(verdict->result));
	if (verdict->term.len > 0)
		buf_add_format(out, " by %s", buf_text(&verdict->term));
	if (verdict->place[0] != '\0' &&
	    strcmp(verdict->place, "mail.org") != 0)
		buf_add_format(out, " at %s", verdict->place);
	if (verdict->why.len > 0)
		buf_add_format(out, ": %s", buf_text(&verdict->why));
}

static void
test_verdict(void **state)
{
	const struct row *row = *state;
	struct zone_record all[sizeof(zone) / sizeof(zone[0]) + 1];
	struct lookup lookup = {.ask = zone_ask, .context = all};
	struct spf_verdict verdict = {0};
	struct host_address address;
	struct spf_mail mail;
	struct buf told = {0};

	all[0] = (struct zone_record){"mail.org", DNS_TXT, row->record, 0};
	memcpy(all + 1, zone, sizeof(zone));
	assert_true(host_parse_address(
	    &address, row->address != NULL ? row->address : "192.0.2.5"));
	assert_true(
	    spf_mail_set(&mail, &address.socket, "me@mail.org", "host.org"));
	spf_verdict_find(&verdict, &mail, "mail.org", &lookup);
	tell(&verdict, &told);
	assert_string_equal(buf_text(&told), row->expected);
	spf_verdict_free(&verdict);
	buf_free(&told);
}

int
main(void)
{
	return rows_run("verdict", rows, ROWS(rows), test_verdict);
}
