#include "rows.h"

#include "doctor/spf.h"
#include "doctor/zone.h"

/* Ten look-ups */
#define TEN                                                                \
	"a:x.org a:x.org a:x.org a:x.org a:x.org a:x.org a:x.org a:x.org " \
	"a:x.org a:x.org "

static struct zone_record zone[] = {
    {"good.org", DNS_TXT, "v=spf1 ip4:192.0.2.5 -all", 0},
    {"other.org", DNS_TXT, "something else", 0},
    {"other.org", DNS_TXT, "v=spf10 -all", 0},
    {"two.org", DNS_TXT, "v=spf1 -all", 0},
    {"two.org", DNS_TXT, "v=spf1 mx ~all", 0},
    {"beside.org", DNS_TXT, "google-site-verification=x", 0},
    {"beside.org", DNS_TXT, "v=spf1 mx ~all", 0},
    {"beside.org", DNS_MX, NULL, 2},
    {"case.org", DNS_TXT, "V=SPF1 IP4:192.0.2.5 -ALL", 0},
    {"plusall.org", DNS_TXT, "v=spf1 +all", 0},
    {"noall.org", DNS_TXT, "v=spf1 include:good.org", 0},
    {"typo.org", DNS_TXT, "v=spf1 ipv4:192.0.2.5 -all", 0},
    {"incwrong.org", DNS_TXT, "v=spf1 include:typo.org -all", 0},
    {"incnone.org", DNS_TXT, "v=spf1 include:other.org -all", 0},
    {"incvoid.org", DNS_TXT, "v=spf1 include:nowhere.org -all", 0},
    {"loop.org", DNS_TXT, "v=spf1 include:loop.org -all", 0},
    {"ring1.org", DNS_TXT, "v=spf1 include:ring2.org -all", 0},
    {"ring2.org", DNS_TXT, "v=spf1 include:RING1.org -all", 0},
    {"redir.org", DNS_TXT, "v=spf1 redirect=good.org", 0},
    {"unused.org", DNS_TXT, "v=spf1 redirect=nowhere.org -all", 0},
    {"behind.org", DNS_TXT, "v=spf1 -all a:nowhere.org ptr", 0},
    {"ten.org", DNS_TXT, "v=spf1 " TEN "-all", 0},
    {"eleven.org", DNS_TXT, "v=spf1 " TEN "a:x.org -all", 0},
    {"late.org", DNS_TXT, "v=spf1 " TEN "include:good.org -all", 0},
    {"early.org", DNS_TXT, "v=spf1 include:good.org " TEN "-all", 0},
    {"deep.org", DNS_TXT, "v=spf1 include:noall.org -all", 0},
    {"many.org", DNS_TXT, "v=spf1 " TEN TEN TEN TEN TEN "-all", 0},
    {"void2.org", DNS_TXT, "v=spf1 a:n1.org a:n2.org -all", 0},
    {"void3.org", DNS_TXT, "v=spf1 a:n1.org mx:n2.org exists:n3.org -all", 0},
    {"six.org", DNS_TXT, "v=spf1 a:y.org -all", 0},
    {"y.org", DNS_AAAA, NULL, 0},
    {"x.org", DNS_A, NULL, 0},
    {"hosts.org", DNS_TXT, "v=spf1 mx -all", 0},
    {"hosts.org", DNS_MX, NULL, 11},
    {"hosts10.org", DNS_TXT, "v=spf1 mx:hosts10.org -all", 0},
    {"hosts10.org", DNS_MX, NULL, 10},
    {"macro.org", DNS_TXT, "v=spf1 exists:%{i}._spf.%{d2} a:%{h} -all", 0},
    {"ptr.org", DNS_TXT, "v=spf1 ptr ptr:x.org ?all", 0},
    {"exp.org", DNS_TXT, "v=spf1 -all exp=nowhere.org", 0},
    {"twice.org", DNS_TXT, "v=spf1 redirect=good.org redirect=x.org", 0},
    {"equals.org", DNS_TXT, "v=spf1 include=good.org -all", 0},
    {"trouble.org", DNS_TXT, NULL, 0},
    {"inctrouble.org", DNS_TXT, "v=spf1 include:trouble.org -all", 0},
    {"strings.org", DNS_TXT, "v=spf1 ip4:192.0.2.5-all", 2},
    {"after.org", DNS_TXT, "v=spf1 include:good.org include:typo.org", 0},
    {"empty.org", DNS_TXT, "v=spf1", 0},
    {NULL, DNS_TXT, NULL, 0},
};

struct row {
	const char *domain;
	const char *expected;
};

static const struct row rows[] = {
    {"good.org", "0+0 -all"},
    {"nowhere.org", "none"},
    {"other.org", "none"},
    {"two.org", "several"},
    {"beside.org", "1+0 ~all"},
    {"case.org", "0+0 -all"},
    {"plusall.org", "0+0 +all"},
    {"noall.org", "1+0 named at 1"},
    {"typo.org",
	"typo.org: ipv4:192.0.2.5 is no term of SPF, "
	"ip4:192.0.2.5"},
    {"incwrong.org",
	"typo.org: ipv4:192.0.2.5 is no term of SPF, "
	"ip4:192.0.2.5"},
    {"incnone.org", "incnone.org includes other.org"},
    {"incvoid.org", "incvoid.org includes nowhere.org"},
    {"loop.org", "loop.org loops to loop.org"},
    {"ring1.org", "ring2.org loops to RING1.org"},
    {"redir.org", "1+0 redirect named at 1"},
    {"unused.org", "0+0 redirect -all"},
    {"behind.org", "0+0 -all"},
    {"ten.org", "10+0 -all"},
    {"eleven.org", "11+0 -all"},
    {"late.org", "11+0 -all named at 11"},
    {"early.org", "11+0 -all named at 1"},
    {"deep.org", "2+0 -all named at 2"},
    {"many.org", "more than 40+0 -all"},
    {"void2.org", "2+2 -all"},
    {"void3.org", "3+3 -all"},
    {"six.org", "1+0 -all"},
    {"hosts.org", "hosts.org has too many hosts"},
    {"hosts10.org", "1+0 -all"},
    {"macro.org", "2+0 -all"},
    {"ptr.org", "2+0 ptr ?all"},
    {"exp.org", "0+0 -all"},
    {"twice.org", "twice.org: redirect=x.org twice"},
    {"equals.org", "0+0 -all ignored include=good.org, include:good.org"},
    {"trouble.org", "trouble at trouble.org"},
    {"inctrouble.org", "trouble at trouble.org"},
    {"strings.org",
	"strings.org: ip4:192.0.2.5-all has no IPv4 address, "
	"in strings"},
    {"after.org",
	"typo.org: ipv4:192.0.2.5 is no term of SPF, "
	"ip4:192.0.2.5, behind the provider"},
    {"empty.org", "0+0"},
};

static void
tell_fault(struct spf *spf, struct buf *out)
{
	switch (spf->fault) {
	case SPF_FAULT_NONE:
		break;
	case SPF_FAULT_MISSING:
		buf_add_text(out, "none");
		break;
	case SPF_FAULT_SEVERAL:
		buf_add_text(out, "several");
		break;
	case SPF_FAULT_WORD:
		buf_add_format(out, "%s: %s %s, %s", spf->place,
		    buf_text(&spf->word), spf->mistake.why,
		    buf_text(&spf->mistake.proposal));
		if (spf->is_in_strings)
			buf_add_text(out, "in strings");
		break;
	case SPF_FAULT_TWICE:
		buf_add_format(
		    out, "%s: %s twice", spf->place, buf_text(&spf->word));
		break;
	case SPF_FAULT_INCLUDE:
		buf_add_format(out, "%s includes %s", spf->place, spf->target);
		break;
	case SPF_FAULT_LOOP:
		buf_add_format(out, "%s loops to %s", spf->place, spf->target);
		break;
	case SPF_FAULT_HOSTS:
		buf_add_format(out, "%s has too many hosts", spf->target);
		break;
	case SPF_FAULT_TROUBLE:
		buf_add_format(out, "trouble at %s", spf->target);
		break;
	}
	if (spf->is_behind_provider)
		buf_add_text(out, ", behind the provider");
}

static void
test_judge(void **state)
{
	const struct row *row = *state;
	struct lookup lookup = {.ask = zone_ask, .context = zone};
	struct spf spf = {0};
	struct buf told = {0};

	spf_judge(&spf, row->domain, "unused.example good.org", &lookup);
	if (spf.fault != SPF_FAULT_NONE)
		tell_fault(&spf, &told);
	else {
		buf_add_format(&told, "%s%u+%u%s%s",
		    spf.is_cut ? "more than " : "", spf.lookups, spf.voids,
		    spf.has_redirect ? " redirect" : "",
		    spf.has_ptr ? " ptr" : "");
		if (spf.has_all)
			buf_add_format(&told, " %call", spf.all);
		if (spf.names_provider)
			buf_add_format(
			    &told, " named at %u", spf.lookups_before);
		if (spf.ignored.len > 0)
			buf_add_format(&told, " ignored %s, %s",
			    buf_text(&spf.ignored), buf_text(&spf.meant));
	}
	assert_string_equal(buf_text(&told), row->expected);
	assert_true(lookup.asked <= 100);
	buf_free(&told);
	spf_free(&spf);
}

int
main(void)
{
	return rows_run("judge", rows, ROWS(rows), test_judge);
}
