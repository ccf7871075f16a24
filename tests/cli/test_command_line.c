/*
 * Tests of command_line.c with the table of option_table.c, and of help.c.
 */
#include "rows.h"

#include "base/buf.h"
#include "cli/command_line.h"
#include "cli/help.h"
#include "cli/option_table.h"
#include "cli/options.h"

#define MODES                                                              \
	"submit", "command", "dry", "check", "verify", "serve", "explain", \
	    "doctor", "info", "setup", "import", "providers", "keygen",    \
	    "mailq", "list", "show", "hold", "release", "remove", "run",   \
	    "nothing", "help", "version"

struct parse_row {
	const char *name;
	const char *words[10]; /* behind the program's name */
	const char *told; /* the options as tell() prints them; NULL: refused */
	const char *why;  /* in the error */
};

/* What an option of msmtp implies. */
#define QUIET "option of msmtp:report=none "
#define REQUIRED "--host:tls=required "

static const struct parse_row parses[] = {
    {"nothing", {NULL}, "", NULL},
    {"recipients", {"a@x", "b@x"}, "[a@x][b@x]", NULL},
    {"an empty recipient", {""}, "[]", NULL},

    /* Letters: separate, attached, grouped */
    {"-P NAME", {"-P", "work", "a@x"}, "P=work [a@x]", NULL},
    {"-PNAME", {"-Pwork", "a@x"}, "P=work [a@x]", NULL},
    {"-a NAME", {"-a", "work"}, "P=work ", NULL},
    {"-f ADDRESS", {"-f", "me@x", "a@x"}, "f=me@x [a@x]", NULL},
    {"-fADDRESS", {"-fme@x", "a@x"}, "f=me@x [a@x]", NULL},
    {"-f ''", {"-f", "", "a@x"}, "f= [a@x]", NULL},
    {"-f <>", {"-f<>", "a@x"}, "f=<> [a@x]", NULL},
    {"-f takes a word that begins with -", {"-f", "-v"}, "f=-v ", NULL},
    {"-r ADDRESS", {"-r", "me@x"}, "f=me@x ", NULL},
    {"the last of -f and -r wins", {"-f", "a@x", "-r", "b@x"}, "f=b@x ", NULL},
    {"-F NAME", {"-F", "A B"}, "F=A B ", NULL},
    {"-FNAME", {"-FCronDaemon"}, "F=CronDaemon ", NULL},
    {"-F '' takes it back", {"-F", "x", "-F", ""}, "", NULL},
    {"-t", {"-t"}, "t ", NULL},
    {"-ti", {"-ti"}, "t -i:ignore-dots=yes ", NULL},
    {"-i", {"-i"}, "-i:ignore-dots=yes ", NULL},
    {"-oi", {"-oi"}, "-oi:ignore-dots=yes ", NULL},
    {"-o i", {"-o", "i"}, "-oi:ignore-dots=yes ", NULL},
    {"-oitrue", {"-oitrue"}, "-oi:ignore-dots=yes ", NULL},
    {"-oifalse", {"-oifalse"}, "-oi:ignore-dots=no ", NULL},
    {"-tfme@x", {"-tfme@x", "a@x"}, "f=me@x t [a@x]", NULL},
    {"-tf me@x", {"-tf", "me@x", "a@x"}, "f=me@x t [a@x]", NULL},
    {"-v, -vv", {"-v", "-vv"}, "v3 ", NULL},
    {"-C FILE", {"-C", "conf"}, "C=conf ", NULL},

    /* A message to compose */
    {"-s", {"-s", "a b", "c@x"}, "s=a b [c@x]", NULL},
    {"-sTEXT", {"-sa b"}, "s=a b ", NULL},
    {"--subject twice", {"-s", "a", "--subject", "b"}, NULL,
	"cannot use --subject twice"},
    {"--to, --cc and --bcc repeat",
	{"--to", "a@x", "--to=b@x", "--cc", "c@x", "--bcc", "d@x"},
	"to=a@x to=b@x cc=c@x bcc=d@x ", NULL},
    {"text, HTML and files",
	{"--body-file", "-", "--html-file=h", "--inline", "i", "--attach", "f",
	    "--attach=g"},
	"text=- html=h inline=i attach=f attach=g ", NULL},
    {"--body and --reply-to", {"--body=", "--reply-to", "a@x"},
	"reply=a@x body= ", NULL},
    {"--to with -bv", {"-bv", "--to", "a@x"}, NULL, "cannot use --to with -bv"},

    /* A command to run: its options are not ours. */
    {"--run", {"--run", "--", "ls", "-t", "--", "--run"},
	"command {ls}{-t}{--}{--run}", NULL},
    {"--run with recipients", {"--run", "-P", "work", "a@x", "b@x", "--", "ls"},
	"command P=work [a@x][b@x]{ls}", NULL},
    {"--run with its options",
	{"--tee", "--run", "--attach-output", "--mail-on=output", "--", ""},
	"command tee attach-output on1 {}", NULL},
    {"--run without a command", {"--run", "ls"}, NULL, "there is no command"},
    {"--run without a word after --", {"--run", "--"}, NULL,
	"there is no command"},
    {"--run after --", {"--", "--run"}, "[--run]", NULL},
    {"--run after a recipient", {"a@x", "--run", "--", "ls"}, NULL,
	"cannot use --run after a recipient"},
    {"an option between recipient and command",
	{"--run", "a@x", "-v", "--", "ls"}, NULL,
	"cannot use -v after a recipient"},
    {"--run and --dry-run", {"--run", "--dry-run", "--", "ls"}, NULL,
	"cannot use --dry-run with --run"},
    {"--run with -t", {"-t", "--run", "--", "ls"}, NULL,
	"cannot use -t with --run"},
    {"--run with --body", {"--body=x", "--run", "--", "ls"}, NULL,
	"cannot use --body with --run"},
    {"--tee without --run", {"--tee", "a@x"}, NULL,
	"cannot use --tee with -bm"},
    {"--mail-on, bad", {"--mail-on", "never", "--run", "--", "ls"}, NULL,
	"cannot use --mail-on never: neither failure"},

    /* Letters of sendmail, by the name smtpost */
    {"-O", {"-OIgnoreDots=true", "-O", "ignoredots = False"},
	"-O:ignore-dots=yes -O:ignore-dots=no ", NULL},
    {"-O alone is true", {"-O", "IgnoreDots"}, "-O:ignore-dots=yes ", NULL},
    {"-N, -R, -V", {"-N", "never", "-Rhdrs", "-V", "a b+=", "a@x"},
	"V=a b+= --dsn-notify:dsn-notify=never "
	"--dsn-return:dsn-return=hdrs [a@x]",
	NULL},
    {"-N, bad", {"-N", "never,delay"}, NULL,
	"cannot use -N never,delay: neither never"},
    {"--dsn-notify, bad", {"--dsn-notify="}, NULL, "neither never"},
    {"--dsn-return, bad", {"--dsn-return", "half"}, NULL,
	"neither full nor hdrs"},
    {"--require-tls", {"--require-tls", "a@x"}, "require-tls [a@x]", NULL},
    {"--require-tls, sendmail", {"sendmail", "--require-tls", "a@x"}, NULL,
	"--require-tls"},
    {"--envelope-id, bad", {"--envelope-id", "a\nb"}, NULL,
	"-V a\\x0ab: not 1 to 100"},
    {"-B", {"-B8BITMIME", "-B", "7BIT", "--body-type=x", "a@x"}, "[a@x]", NULL},
    {"-bm", {"-bm", "a@x"}, "[a@x]", NULL},
    {"-bv", {"-bv", "a@x"}, "verify [a@x]", NULL},
    {"-bs", {"-bs", "-i"}, "serve -i:ignore-dots=yes ", NULL},
    {"-bp", {"-bp"}, "mailq ", NULL},
    {"--queue-list", {"--queue-list", "--report=json"},
	"list report2 --report:report=json ", NULL},
    {"an ID before an option", {"--queue-hold", "6929CB1F03A2", "--yes"},
	"hold [6929CB1F03A2]", NULL},
    {"--where twice", {"--queue-remove", "--where", "a=b", "--where=c=d"},
	"remove where=a=b where=c=d ", NULL},
    {"-P with --queue-release", {"--queue-release", "-P", "work", "ID"},
	"release P=work [ID]", NULL},
    {"-P with --queue-hold", {"--queue-hold", "-P", "work", "ID"}, NULL,
	"cannot use -P with --queue-hold\n"},
    {"two modes of the queue", {"--queue-hold", "--queue-show"}, NULL,
	"cannot use --queue-show with --queue-hold\n"},
    {"--doctor with all its options",
	{"--doctor", "--only=a,b", "--no-login", "--warn-days", "9", "--redact",
	    "--outbound=2001:db8::1", "--send=a@x", "work"},
	"doctor P=work only=a,b outbound=2001:db8::1 send=a@x no-login redact "
	"days9 [work]",
	NULL},
    {"--outbound, bad", {"--doctor", "--outbound", "mail.example.com"}, NULL,
	"--outbound mail.example.com: not an IP address"},
    {"--doctor --all", {"--doctor", "--all", "--report", "monitor"},
	"doctor all monitor ", NULL},
    {"--doctor with a URL", {"--doctor", "smtps://mail.example.com"},
	"doctor server operand:server=smtps://mail.example.com "
	"[smtps://mail.example.com]",
	NULL},
    {"--doctor, two profiles", {"--doctor", "work", "home"}, NULL,
	"cannot use more than one profile or server with --doctor"},
    {"--doctor, two ways", {"--doctor", "work", "-P", "home"}, NULL,
	"cannot use both -P and an operand"},
    {"--warn-days, bad", {"--doctor", "--warn-days=0"}, NULL,
	"--warn-days 0: not a number from 1 to 36500"},
    {"--report monitor elsewhere", {"--explain", "--report=monitor"}, NULL,
	"report must be none, text or json"},
    {"--redact elsewhere", {"--redact", "a@x"}, NULL,
	"cannot use --redact with -bm, the default\nhint: it goes with "
	"--doctor"},
    {"--server-info with a URL", {"--server-info", "smtp://x"},
	"info server operand:server=smtp://x [smtp://x]", NULL},
    {"--server-info with a profile", {"--server-info", "work"},
	"info P=work [work]", NULL},
    {"--server-info, two servers", {"--server-info", "smtp://x", "smtp://y"},
	NULL, "cannot use more than one profile or server with --server-info"},
    {"--serverinfo", {"--serverinfo", "work"}, "info P=work [work]", NULL},
    {"--serverinfo of a host", {"--serverinfo", "--host=h.example"},
	"info server --host:server=smtp://h.example " REQUIRED, NULL},
    {"--pretend", {"--pretend", "-a", "work", "a@x"}, "dry P=work [a@x]", NULL},
    {"--dkim-keygen", {"--dkim-keygen", "example.com", "s1", "rsa"},
	"keygen [example.com][s1][rsa]", NULL},
    {"--dkim-keygen with -t", {"--dkim-keygen", "-t", "example.com"}, NULL,
	"cannot use -t with --dkim-keygen"},
    {"-bi", {"-bi"}, "nothing ", NULL},
    {"-I", {"-I"}, "nothing ", NULL},
    {"-q", {"-q"}, "run ", NULL},
    {"the same mode twice", {"-bi", "-I", "-bP"}, "nothing ", NULL},
    {"two modes", {"-bp", "-bs"}, NULL, "cannot use -bs with -bp\n"},
    {"-bm is a mode", {"-bs", "-bm"}, NULL, "cannot use -bm with -bs\n"},
    {"-ba", {"-ba", "a@x"}, "[a@x]", NULL},
    {"-bd", {"-bd"}, NULL, "cannot use -bd: smtpost is not a daemon"},
    {"-bD", {"-bD"}, NULL, "not a daemon"},
    {"-bdf", {"-bdf"}, NULL, "-bdf: smtpost has no such mode"},
    {"-bt", {"-bt"}, NULL, "try -bv"},
    {"-bS", {"-bS"}, NULL, "try -bs"},
    {"-be", {"-be", "${run{/bin/true}}"}, NULL, "no such mode"},
    {"--message twice", {"--message", "a", "--message", "b"}, NULL,
	"cannot use --message twice"},
    {"--recipients twice", {"--recipients=a", "--recipients=a"}, NULL,
	"cannot use --recipients twice"},
    {"-b", {"-b", "p"}, NULL, "cannot use -b: the letter of a mode"},
    {"what is ignored",
	{"-mUGx", "-omoem", "-oee", "-odb", "-odq", "-o7", "-Xlog", "-d0.1",
	    "a@x"},
	"[a@x]", NULL},
    {"what is ignored with a word",
	{"-h", "3", "-L", "-t", "-X", "", "-D", "f", "a@x"}, "[a@x]", NULL},

    /* Long names */
    {"--profile NAME", {"--profile", "work"}, "P=work ", NULL},
    {"--profile=NAME", {"--profile=work"}, "P=work ", NULL},
    {"--account=NAME", {"--account=work"}, "P=work ", NULL},
    {"--from=", {"--from="}, "f= ", NULL},
    {"--full-name", {"--full-name", "A B"}, "F=A B ", NULL},
    {"--read-recipients", {"--read-recipients"}, "t ", NULL},
    {"--message, --recipients", {"--message", "m", "--recipients=r"},
	"m=m r=r ", NULL},
    {"--config", {"--config=-"}, "C=- ", NULL},
    {"--report", {"--report", "json"}, "report2 --report:report=json ", NULL},
    {"--set", {"--set", "tls=none"}, "--set:tls=none ", NULL},
    {"--set keeps every =", {"--set=password-command=a=b"},
	"--set:password-command=a=b ", NULL},
    {"--set KEY=", {"--set", "user="}, "--set:user= ", NULL},
    {"several --set, in order",
	{"--set", "a=1", "--report=text", "--set", "b=2"},
	"report1 --set:a=1 --report:report=text --set:b=2 ", NULL},
    {"--server", {"--server", "smtp://x"}, "server --server:server=smtp://x ",
	NULL},
    {"--set server=", {"--set", " server = smtp://x"},
	"server --set: server = smtp://x ", NULL},
    {"--set of what only begins so", {"--set", "servers=x"}, "--set:servers=x ",
	NULL},
    {"--dry-run, --explain", {"--dry-run", "--explain"}, NULL,
	"cannot use --explain with --dry-run\n"},
    {"--check-message", {"--check-message"}, "check ", NULL},
    {"--diff", {"--check-message", "--diff"}, "check diff ", NULL},
    {"--help, --version", {"--help", "--version"}, NULL,
	"cannot use --version with --help\n"},
    {"-v --help", {"-v", "--help"}, "help v1 ", NULL},
    {"--version -v", {"--version", "-v"}, "version v1 ", NULL},
    {"--providers -v", {"--providers", "-v"}, "providers v1 ", NULL},
    {"--quiet is --report none", {"--quiet"},
	"quiet report0 --quiet:report=none ", NULL},
    {"--quiet twice", {"--quiet", "--quiet"},
	"quiet report0 --quiet:report=none --quiet:report=none ", NULL},
    {"--quiet and --report", {"--quiet", "--report=none"}, NULL,
	"cannot use --quiet with --report: --quiet means --report none"},
    {"--report and --quiet", {"--report", "json", "--quiet"}, NULL,
	"cannot use --quiet with --report: --quiet means --report none"},
    {"--report, no form", {"--report", "jsn"}, NULL,
	"report must be none, text or json"},

    /* What goes with which mode; tests/cli/modes_and_options tries every pair.
     */
    {"-bs and recipients", {"-bs", "a@x"}, NULL,
	"cannot use the operand \"a@x\" with -bs\n"},
    {"-bi and -t", {"-t", "-bi"}, NULL, "cannot use -t with -bi\n"},
    {"-bs -t in one word", {"-tbs"}, NULL, "cannot use -t with -bs\n"},
    {"-bs and -oi", {"-bs", "-oi"}, "serve -oi:ignore-dots=yes ", NULL},
    {"-bv and -oi", {"-bv", "-oi", "a@x"}, NULL, "cannot use -oi with -bv\n"},
    {"-bv and what is ignored", {"-bv", "-odb", "a@x"}, NULL,
	"cannot use -odb with -bv\n"},
    {"--dry-run and -O", {"--dry-run", "-O", "IgnoreDots"},
	"dry -O:ignore-dots=yes ", NULL},
    {"--dry-run and another -O", {"--dry-run", "-O", "Verbose"}, NULL,
	"cannot use -O with --dry-run\n"},
    {"options behind operands, if nothing is sent",
	{"-bv", "a@x", "-f", "b@x", "c@x"}, "verify f=b@x [a@x][c@x]", NULL},
    {"a mode behind an operand", {"a@x", "-bv"}, NULL, "put options before"},
    {"--dry-run is as a submission", {"--dry-run", "a@x", "-v"}, NULL,
	"put options before"},

    /* Blanks */
    {"two options in a word", {"-oi -f x", "a@x"}, NULL,
	"cannot use \"-oi -f x\": it has a blank"},
    {"two letters", {"-t -i"}, NULL, "a blank"},
    {"a tab", {"-odb\t-i"}, NULL, "\\x09-i\": it has a blank"},
    {"a name with a blank", {"-FWeb - Server"}, "F=Web - Server ", NULL},
    {"a name and an option", {"-FWeb -fa@x"}, NULL, "a blank"},
    {"an address with a blank", {"-fA B <a@x>"}, "f=A B <a@x> ", NULL},
    {"behind a letter", {"-tFA B"}, "F=A B t ", NULL},
    {"an option behind a blank", {" -t"}, NULL, "\" -t\": it has a blank"},
    {"behind a blank, as recipients too", {"a@x", "\t-v"}, NULL, "a blank"},
    {"behind a blank, after --", {"--", " -t"}, "[ -t]", NULL},
    {"a long option and its value", {"--set password=s3cret"}, NULL,
	"cannot use \"--set password\": it has a blank"},
    {"a blank in the next word", {"-F", "A -B"}, "F=A -B ", NULL},

    /* Hints */
    {"-h alone means --help", {"-h"}, "help ", NULL},
    {"-h with a value", {"-h", "3", "a@x"}, "[a@x]", NULL},
    {"-d", {"-d", "a@x"}, "debug [a@x]", NULL},
    {"-n", {"-n"}, NULL, "hint: --dry-run"},
    {"-A", {"-A", "file"}, NULL, "hint: --attach FILE"},
    {"mutt's -H", {"-H", "draft"}, NULL, "hint: --message FILE"},
    {"mailx's -S", {"-S", "a=b"}, NULL, "--set KEY=VALUE sets"},
    {"mailx's -b", {"-b", "a@x"}, NULL, "hint: smtpost --bcc LIST"},
    {"curl's --mail-from", {"--mail-from", "a@x"}, NULL,
	"hint: --from ADDRESS"},
    {"curl's --url", {"--url", "smtp://x"}, NULL, "hint: --server URL"},
    {"-help", {"-help"}, NULL, "nearest one known is --help"},
    {"-from", {"-from", "a@x"}, NULL, "nearest one known is --from"},
    {"--dryrun", {"--dryrun"}, NULL, "nearest one known is --dry-run"},
    {"--recipeints", {"--recipeints=x"}, NULL,
	"nearest one known is --recipients"},
    {"--configure", {"--configure=a@x"}, NULL, "hint: --setup ADDRESS"},
    {"--rmqs", {"--rmqs=x"}, NULL, "(ETRN)"},
    {"--logfile", {"--logfile=x"}, NULL, "--set log=FILE"},
    {"a setting", {"--tls-trust=x"}, NULL, "--set tls-trust=VALUE"},
    {"almost a setting", {"--domian=x"}, NULL, "--set domain=VALUE"},
    {"a secret", {"--password=s3cret"}, NULL, "use password-file"},
    {"almost another program's", {"--verbos"}, NULL, "-v shows"},
    {"--import without a file", {"--import"}, NULL, "its value is missing"},
    {"cut short", {"--recip"}, NULL, "nearest one known is --recipients"},
    {"where an option belongs", {"--diff"}, NULL,
	"cannot use --diff with -bm, the default\n"
	"hint: it goes with --check-message"},

    /* Where options end */
    {"--", {"--", "-f@x"}, "[-f@x]", NULL},
    {"-- twice", {"--", "--"}, "[--]", NULL},
    {"-- after a recipient", {"a@x", "--", "-b@x"}, "[a@x][-b@x]", NULL},
    {"-- as a value", {"-f", "--", "a@x"}, "f=-- [a@x]", NULL},
    {"an option after a recipient", {"a@x", "-v"}, NULL, "-v"},
    {"a long one", {"a@x", "--set", "server=smtp://evil"}, NULL, "--set"},
    {"a lone -", {"-"}, NULL, "-"},
    {"a lone - after a recipient", {"a@x", "-"}, NULL, "-"},

    /* Refused */
    {"an unknown letter", {"-Z"}, NULL,
	"cannot use -Z: smtpost has no such option"},
    {"an unknown letter in a group", {"-tZ"}, NULL,
	"cannot use -Z: smtpost has no such option"},
    {"an unknown name", {"--unknown"}, NULL,
	"cannot use --unknown: smtpost has no such option"},
    {"an unknown name, its value is not shown", {"--pass=s3cret"}, NULL,
	"cannot use --pass: smtpost has no such option\n"},
    {"the start of a name", {"--prof=x"}, NULL,
	"cannot use --prof: smtpost has no such option"},
    {"an empty name", {"--=x"}, NULL,
	"cannot use --: smtpost has no such option"},
    {"no value", {"-f"}, NULL, "cannot use -f: its value is missing"},
    {"no value in a group", {"-tf"}, NULL,
	"cannot use -f: its value is missing"},
    {"no value behind a name", {"--from"}, NULL,
	"cannot use --from: its value is missing"},
    {"a value too many", {"--dry-run=yes"}, NULL,
	"cannot use --dry-run: it takes no value\n"},
    {"--set without =", {"--set", "tls"}, NULL, "KEY=VALUE"},

    /* Options of msmtp */
    {"--host", {"--host=h.example", "a@x"},
	"server --host:server=smtp://h.example " REQUIRED QUIET "[a@x]", NULL},
    {"--host, a separate value", {"--host", "h.example", "--port", "25"},
	"server --host:server=smtp://h.example:25 " REQUIRED QUIET, NULL},
    {"--host, an IPv6 address", {"--host=::1"},
	"server --host:server=smtp://[::1] " REQUIRED QUIET, NULL},
    {"--host, the last wins", {"--host=a.example", "--host=b.example"},
	"server --host:server=smtp://b.example " REQUIRED QUIET, NULL},
    {"--host with -a", {"-a", "work", "--host=h.example"},
	"P=work server --host:server=smtp://h.example " REQUIRED QUIET, NULL},
    {"--tls-starttls=off", {"--host=h.example", "--tls-starttls=off"},
	"server --host:server=smtps://h.example " REQUIRED QUIET, NULL},
    {"--tls-starttls=off with --port",
	{"--tls-starttls=off", "--port=587", "--host=h.example"},
	"server --host:server=smtps://h.example:587 " REQUIRED QUIET, NULL},
    {"--tls-starttls", {"--tls-starttls", "--host=h.example"},
	"server --host:server=smtp://h.example " REQUIRED QUIET, NULL},
    {"--tls=on", {"--tls=on"}, "--tls:tls=required " QUIET, NULL},
    {"--tls", {"--tls"}, "--tls:tls=required " QUIET, NULL},
    {"--tls=off", {"--tls=off"}, "--tls:tls=none " QUIET, NULL},
    {"--tls off: a recipient", {"--tls", "off"},
	"--tls:tls=required " QUIET "[off]", NULL},
    {"--tls=off goes before --tls-starttls=off",
	{"--tls=off", "--tls-starttls=off", "--host=h.example"},
	"server --host:server=smtp://h.example --tls:tls=none " QUIET, NULL},
    {"--tls-trust-file", {"--tls-trust-file=~/ca.pem"},
	"--tls-trust-file:tls-trust=~/ca.pem " QUIET, NULL},
    {"--tls-trust-file=", {"--tls-trust-file="},
	"--tls-trust-file:tls-trust= " QUIET, NULL},
    {"--tls-certcheck", {"--tls-certcheck", "--tls-certcheck=on"}, QUIET, NULL},
    {"--tls-certcheck=off", {"--tls-certcheck=off"}, NULL,
	"hint: to trust the certificate of one server"},
    {"--tls-fingerprint", {"--tls-fingerprint=AA:BB"}, NULL,
	"hint: run --server-info, and pass the tls-pin"},
    {"--auth", {"--auth"}, "--auth:auth=auto " QUIET, NULL},
    {"--auth=", {"--auth="}, "--auth:auth=auto " QUIET, NULL},
    {"--auth=on", {"--auth=on"}, "--auth:auth=auto " QUIET, NULL},
    {"--auth=off", {"--auth=off"}, "--auth:auth=none " QUIET, NULL},
    {"--auth=scram-sha-256", {"--auth=scram-sha-256"},
	"--auth:auth=scram-sha-256 " QUIET, NULL},
    {"--auth=gssapi", {"--auth=gssapi"}, NULL, "smtpost has no Kerberos"},
    {"--auth=ntlm", {"--auth=ntlm"}, NULL, "NTLM is broken"},
    {"--auth=digest-md5", {"--auth=digest-md5"}, NULL, "RFC 6331"},
    {"--auth=x", {"--auth=x"}, NULL, "neither on nor off nor a mechanism"},
    {"--user", {"--user=\"a$b\\"}, "--user:user=\"a$b\\ " QUIET, NULL},
    {"--user=", {"--user="}, "--user:user= " QUIET, NULL},
    {"--passwordeval", {"--passwordeval", "\"echo\" \"$X\""},
	"--passwordeval:password-command=\"echo\" \"$X\" " QUIET, NULL},
    {"--passwordeval=", {"--passwordeval="},
	"--passwordeval:password-command= " QUIET, NULL},
    {"--passwordeval of a token", {"--passwordeval=t", "--auth=xoauth2"},
	"--auth:auth=xoauth2 --passwordeval:token-command=t " QUIET, NULL},
    {"--domain", {"--domain=c.example"}, "--domain:ehlo-name=c.example " QUIET,
	NULL},
    {"--timeout", {"--timeout=20"},
	"--timeout:timeout=20s --timeout:timeout-connect=20s " QUIET, NULL},
    {"--timeout=off", {"--timeout=off"},
	"--timeout:timeout=0s --timeout:timeout-connect=30s " QUIET, NULL},
    {"--timeout=0", {"--timeout=0"}, NULL, "a number of seconds"},
    {"--timeout=5m", {"--timeout=5m"}, NULL, "a number of seconds"},
    {"--read-envelope-from", {"--read-envelope-from", "-t"}, "t by-from " QUIET,
	NULL},
    {"--read-envelope-from and -f", {"--read-envelope-from", "-f", "a@x"}, NULL,
	"cannot use both -f and --read-envelope-from"},
    {"--file", {"--file=conf"}, "C=conf " QUIET, NULL},
    {"--debug", {"--debug", "--debug=0.1"}, "v2 " QUIET, NULL},
    {"an explicit --report", {"--report=text", "--debug"},
	"report1 v1 --report:report=text ", NULL},
    {"an explicit --set report", {"--debug", "--set", "report=json"},
	"v1 --set:report=json ", NULL},
    {"options of both alone", {"-a", "work", "--from=a@x", "--read-recipients"},
	"P=work f=a@x t ", NULL},
    {"--host with --set tls",
	{"--set", "tls=opportunistic", "--host=h.example"},
	"server --set:tls=opportunistic --host:server=smtp://h.example " QUIET,
	NULL},
    {"no host", {"--port=25"}, NULL, "cannot use --port without --host"},
    {"no host, but --server", {"--port=25", "--server=smtp://h.example"}, NULL,
	"cannot use --port without --host"},
    {"no host, TLS", {"--tls-starttls=off"}, NULL,
	"cannot use --tls-starttls without --host"},
    {"a bad port", {"--host=h.example", "--port=65536"}, NULL,
	"cannot use --port: "},
    {"port 0", {"--host=h.example", "--port=0"}, NULL, "cannot use --port: "},
    {"a bad host", {"--host=a.example,smtp://b.example"}, NULL, "(in --host)"},
    {"a host with a password", {"--host=me:s3cret@h.example"}, NULL, "--host"},
    {"a host with a port", {"--host=h.example:25"}, NULL, "(in --host)"},
    {"an empty host", {"--host="}, NULL, "(in --host)"},
    {"two servers", {"--host=a.example", "--server=smtp://b.example"}, NULL,
	"cannot use --host: the call names another server too"},
    {"neither on nor off", {"--tls=yes"}, NULL, "--tls=yes: neither on"},
    {"an abbreviation", {"--acc=work"}, NULL, "nearest one known is --account"},
    {"an abbreviation of msmtp's option", {"--read-env"}, NULL,
	"nearest one known is --read-envelope-from"},
    {"a misspelt option of msmtp", {"--passwdeval=x"}, NULL,
	"nearest one known is --passwordeval"},
    {"-d with --serverinfo", {"-d", "--serverinfo"}, NULL,
	"; -v shows the dialogue"},
    {"one dash", {"-host", "x"}, NULL, "cannot use -host"},
    {"with another mode", {"--host=h.example", "-bp"}, NULL,
	"cannot use --host with -bp"},
    {"with --run", {"--read-envelope-from", "--run", "--", "x"}, NULL,
	"cannot use --read-envelope-from with --run"},
    {"controls are masked", {"--\033[2J"}, NULL, "\\x1b[2J"},
    {"an eight-bit letter", {"-\xc3\xa4"}, NULL,
	"cannot use -\\xc3: smtpost has no such option"},
};

static void
tell_text(struct buf *told, const char *name, const char *text)
{
	if (text != NULL)
		buf_add_format(told, "%s=%s ", name, text);
}

static void
tell_flag(struct buf *told, const char *name, bool flag)
{
	if (flag)
		buf_add_format(told, "%s ", name);
}

static void
tell_values(
    struct buf *told, const char *name, const struct option_values *values)
{
	for (size_t i = 0; i < values->count; i++)
		tell_text(told, name, values->texts[i]);
}

static void
tell(struct buf *told, const struct options *options)
{
	static const char *const modes[] = {MODES};

	if (options->mode != MODE_SUBMIT)
		buf_add_format(told, "%s ", modes[options->mode]);
	tell_text(told, "P", options->profile);
	tell_text(told, "f", options->from);
	tell_text(told, "F", options->full_name);
	tell_text(told, "m", options->message);
	tell_text(told, "r", options->recipients);
	tell_text(told, "C", options->config);
	tell_text(told, "V", options->envelope_id);
	tell_flag(told, "require-tls", options->requires_tls);
	tell_flag(told, "server", options->has_server);
	tell_flag(told, "t", options->read_recipients);
	tell_flag(told, "by-from", options->read_envelope_from);
	tell_text(told, "s", options->subject);
	tell_values(told, "to", &options->to);
	tell_values(told, "cc", &options->cc);
	tell_values(told, "bcc", &options->bcc);
	tell_text(told, "reply", options->reply_to);
	tell_text(told, "body", options->body);
	tell_text(told, "text", options->body_file);
	tell_text(told, "html", options->html_file);
	tell_values(told, "inline", &options->inlines);
	tell_values(told, "attach", &options->attachments);
	tell_flag(told, "tee", options->tee);
	tell_flag(told, "attach-output", options->attach_output);
	if (options->mail_on != MAIL_ON_FAILURE)
		buf_add_format(told, "on%u ", options->mail_on);
	for (size_t i = 0; i < options->header_edits.count; i++)
		if (options->header_edits.list[i].text != NULL)
			buf_add_format(told, "header=%.*s ",
			    (int)strcspn(
				options->header_edits.list[i].text, "\r"),
			    options->header_edits.list[i].text);
	tell_flag(told, "all", options->doctor.all);
	tell_text(told, "only", options->doctor.only);
	tell_text(told, "outbound", options->doctor.outbound);
	tell_text(told, "send", options->doctor.send_to);
	tell_flag(told, "no-login", options->doctor.no_login);
	tell_flag(told, "redact", options->doctor.redacts);
	tell_flag(told, "monitor", options->doctor.wants_monitor);
	if (options->doctor.warn_days > 0)
		buf_add_format(told, "days%d ", (int)options->doctor.warn_days);
	tell_values(told, "where", &options->wheres);
	tell_flag(told, "diff", options->wants_diff);
	tell_flag(told, "debug", options->wants_debug);
	tell_flag(told, "quiet", options->is_quiet);
	tell_flag(told, "E", options->skips_empty);
	if (options->has_report)
		buf_add_format(told, "report%u ", options->report);
	if (options->verbose > 0)
		buf_add_format(told, "v%u ", options->verbose);
	for (size_t i = 0; i < options->warning_count; i++)
		buf_add_format(told, "(%s)", options->warnings[i]);
	assert_int_equal(options->set_count, options->origin_count);
	for (size_t i = 0; i < options->set_count; i++) {
		buf_add_span(told, options->set_origins[i]);
		buf_add_char(told, ':');
		buf_add_span(told, options->sets[i]);
		buf_add_char(told, ' ');
	}
	for (size_t i = 0; i < options->operand_count; i++)
		buf_add_format(told, "[%s]", options->operands[i]);
	for (char **word = options->command; word != NULL && *word != NULL;
	     word++)
		buf_add_format(told, "{%s}", *word);
}

static void
parse(const struct parse_row *row, const char *name)
{
	char *argv[12] = {strdup(name)};
	struct options options;
	struct error err = {0};
	struct buf told = {0};
	int argc = 1;
	bool done;

	for (; row->words[argc - 1] != NULL; argc++)
		argv[argc] = strdup(row->words[argc - 1]);
	done = command_line_parse(&options, argc, argv, &err);
	if (done) {
		tell(&told, &options);
		assert_non_null(row->told);
		assert_string_equal(buf_text(&told), row->told);
	} else {
		if (row->told != NULL)
			fail_msg("refused: %s", err.text);
		assert_int_equal(err.kind, ERROR_USAGE);
		if (strstr(err.text, row->why) == NULL)
			fail_msg("no \"%s\" in: %s", row->why, err.text);
		assert_null(strchr(err.text, '\033'));
		assert_null(strstr(err.text, "s3cret"));
	}
	buf_free(&told);
	options_free(&options);
	while (argc > 0)
		free(argv[--argc]);
}

static void
test_parse(void **state)
{
	parse(*state, "smtpost");
}

/* The first word is the name of the program. */
static const struct parse_row sendmails[] = {
    {"a path", {"/usr/lib/sendmail", "-i", "a@x"}, "-i:ignore-dots=yes [a@x]",
	NULL},
    {"cron", {"sendmail", "-FCronDaemon", "-i", "-B8BITMIME", "-oem", "root"},
	"F=CronDaemon -i:ignore-dots=yes [root]", NULL},
    {"busybox", {"sendmail", "-ti"}, "t -i:ignore-dots=yes ", NULL},
    {"rss2email", {"sendmail", "-C", "/etc/x", "-F", "", "-f", "", "a@x"},
	"f= [a@x]", NULL},
    {"-C attached", {"sendmail", "-C/etc/x", "a@x"}, "[a@x]", NULL},
    {"-P and -a", {"sendmail", "-P", "work", "-ahome", "a@x"}, "P=home [a@x]",
	NULL},
    {"-v", {"sendmail", "-v", "a@x"}, "v1 [a@x]", NULL},
    {"the last -f", {"sendmail", "-f", "", "-fb@x", "--", "a@x"}, "f=b@x [a@x]",
	NULL},
    {"mutt",
	{"sendmail", "-oem", "-oi", "-N", "failure,delay", "-R", "hdrs", "--",
	    "a@x"},
	"-oi:ignore-dots=yes --dsn-notify:dsn-notify=failure,delay "
	"--dsn-return:dsn-return=hdrs [a@x]",
	NULL},
    {"a bad request is dropped",
	{"sendmail", "-N", "later", "-R", "x", "-V", "\n", "a@x"},
	"(warning: -N later is ignored: neither never nor a list of "
	"success, failure and delay)(warning: -R x is ignored: neither "
	"full nor hdrs)(warning: -V \\x0a is ignored: not 1 to 100 "
	"printable ASCII characters)[a@x]",
	NULL},
    {"--help", {"sendmail", "--help"}, "help ", NULL},
    {"-v --help", {"sendmail", "-v", "--help"}, "help v1 ", NULL},
    {"--version", {"mailq", "--version"}, "version ", NULL},
    {"-n -A", {"sendmail", "-n", "-Ac", "a@x"}, "[a@x]", NULL},
    {"-d", {"sendmail", "-d", "a@x"}, "[a@x]", NULL},
    {"-h alone", {"sendmail", "-h"}, NULL,
	"cannot use -h: its value is missing"},
    {"-ba", {"sendmail", "-ba", "-i", "a@x"}, "-i:ignore-dots=yes [a@x]", NULL},
    {"Laravel", {"sendmail", "-bs", "-i"}, "serve -i:ignore-dots=yes ", NULL},
    {"alpine, nmh", {"sendmail", "-bs", "-odb", "-oem", "-om"}, "serve ", NULL},
    {"-bs -G -v", {"sendmail", "-bs", "-G", "-v"}, "serve v1 ", NULL},
    {"-bs -r", {"sendmail", "-bs", "-r", "a@x"}, NULL,
	"cannot use -r with -bs\n"},
    {"-bs -F", {"sendmail", "-Fx", "-bs"}, NULL, "cannot use -F with -bs\n"},

    /* The fifth argument of PHP's mail() behind -t -i */
    {"-bp", {"sendmail", "-t", "-i", "-bp"}, NULL, "cannot use -t with -bp\n"},
    {"-i -bp", {"sendmail", "-i", "-bp"}, NULL, "cannot use -i with -bp\n"},
    {"-t --help", {"sendmail", "-t", "-i", "--help"}, NULL,
	"cannot use -t with --help\n"},
    {"-i --version", {"sendmail", "-i", "--version"}, NULL,
	"cannot use -i with --version\n"},
    {"-t -bs", {"sendmail", "-t", "-i", "-bs"}, NULL,
	"cannot use -t with -bs\n"},
    {"-f -bi", {"sendmail", "-fx", "-bi"}, NULL, "cannot use -f with -bi\n"},

    /* -q and -odq */
    {"-odq", {"sendmail", "-odq", "-i", "a@x"}, "-i:ignore-dots=yes [a@x]",
	NULL},
    {"-odq before a word with q", {"sendmail", "-odq", "q"}, "[q]", NULL},
    {"-q", {"sendmail", "-q"}, "run ", NULL},
    {"-qf", {"sendmail", "-qf"}, "run ", NULL},
    {"-q15m", {"sendmail", "-q15m", "-odb"}, "run ", NULL},
    {"-qRexample.org -v", {"sendmail", "-qRexample.org", "-v"}, "run v1 ",
	NULL},
    {"-q takes no word", {"sendmail", "-q", "15m"}, NULL,
	"cannot use the operand \"15m\" with -q\n"},
    {"-q and a message", {"sendmail", "-q", "-t"}, NULL,
	"cannot use -t with -q\n"},
    {"-q and -bs", {"sendmail", "-q", "-bs"}, NULL, "cannot use -bs with -q\n"},
    {"-qR and -bp", {"sendmail", "-qRx", "-bp"}, "mailq ", NULL},
    {"-bd -q15m", {"sendmail", "-bd", "-q15m"}, NULL, "not a daemon"},
    {"-vq", {"sendmail", "-vq"}, "run v1 ", NULL},

    {"mailq", {"/usr/bin/mailq"}, "mailq ", NULL},
    {"mailq -Ac -v -q", {"mailq", "-Ac", "-v", "-qRx"}, "mailq v1 ", NULL},
    {"mailq x", {"mailq", "-v", "x"}, NULL,
	"cannot use the operand \"x\" with mailq\n"},
    {"mailq -bm", {"mailq", "-bm"}, NULL, "cannot use -bm with mailq\n"},
    {"mailq -bp", {"mailq", "-bp"}, "mailq ", NULL},
    {"mailq -t", {"mailq", "-t"}, NULL, "cannot use -t with mailq\n"},
    {"newaliases -i", {"newaliases", "-i"}, NULL,
	"cannot use -i with newaliases\n"},
    {"newaliases -q", {"newaliases", "-q"}, NULL,
	"cannot use -q with newaliases\n"},
    {"newaliases", {"newaliases", "-v"}, "nothing v1 ", NULL},
    {"newaliases -bi", {"newaliases", "-bi"}, "nothing ", NULL},

    /* Other names are smtpost. */
    {"a login shell", {"-sendmail", "--set", "tls=none"}, "--set:tls=none ",
	NULL},
    {"a longer name", {"sendmail.smtpost", "--config=x"}, "C=x ", NULL},
    {"a folder", {"/usr/lib/sendmail/", "--config=x"}, "C=x ", NULL},
    {"case", {"Sendmail", "--config=x"}, "C=x ", NULL},

    /* No long name but two */
    {"--config", {"sendmail", "--config", "x"}, NULL,
	"cannot use --config: sendmail has no such option"},
    {"--set=", {"sendmail", "--set=password=s3cret"}, NULL,
	"cannot use --set: sendmail has no such option"},
    {"--server", {"sendmail", "--server=smtp://x"}, NULL, "--server"},
    {"--message", {"sendmail", "--message=/etc/shadow", "a@x"}, NULL,
	"--message"},
    {"--recipients", {"sendmail", "--recipients=/etc/passwd"}, NULL,
	"--recipients"},
    {"--explain", {"mailq", "--explain"}, NULL, "--explain"},
    {"--dry-run", {"newaliases", "--dry-run"}, NULL, "--dry-run"},
    {"--from", {"sendmail", "--from", "a@x"}, NULL, "--from"},
    {"--read-recipients", {"sendmail", "--read-recipients"}, NULL,
	"--read-recipients"},
    {"msmtp's --host", {"sendmail", "--host=evil.example"}, NULL,
	"cannot use --host: sendmail has no such option"},
    {"msmtp's --passwordeval", {"sendmail", "--passwordeval=x"}, NULL,
	"cannot use --passwordeval: sendmail has no such option"},
    {"msmtp's --file", {"mailq", "--file=x"}, NULL,
	"cannot use --file: mailq has no such option"},
    {"after a recipient", {"sendmail", "a@x", "-X/tmp/x"}, NULL, "-X/tmp/x"},
    {"Exim's", {"sendmail", "-Mrm", "x"}, NULL,
	"cannot use -M: sendmail has no such option"},
    {"a word too few", {"sendmail", "-tX"}, NULL,
	"cannot use -X: its value is missing\nhint: see sendmail --help"},
};

static const struct parse_row mails[] = {
    {"logrotate", {"/usr/bin/mail", "-s", "a log of x", "root"},
	"s=a log of x [root]", NULL},
    {"monit", {"mailx", "-n", "-i", "-v", "-s", "x", "a@x,b@x"},
	"s=x v1 -i:ignore-dots=yes [a@x,b@x]", NULL},
    {"attached values", {"mail", "-sa b", "-ca@x, b@x", "-rMe <me@x>", "c@x"},
	"f=Me <me@x> s=a b cc=a@x, b@x [c@x]", NULL},
    {"-c and -b again",
	{"mail", "-c", "a@x", "-b", "b@x,c@x", "-c", "d@x", "-b", "e@x"},
	"cc=a@x cc=d@x bcc=b@x,c@x bcc=e@x ", NULL},
    {"-a FILE", {"mailx", "-a", "a;b.txt", "-a", "./x:y", "-a", ":", "a@x"},
	"attach=a;b.txt attach=./x:y attach=: [a@x]", NULL},
    {"-a FIELD", {"mail", "-aFrom: Me <me@x>", "-a", "x-loop: a", "a@x"},
	"header=From: Me <me@x> header=x-loop: a [a@x]", NULL},
    {"-a FIELD with recipients",
	{"mail", "-a", "to: a@x", "-aCC:b@x", "-a", "Bcc: c@x"},
	"to= a@x cc=b@x bcc= c@x ", NULL},
    {"-a FIELD with a line end", {"mail", "-a", "X: a\nBcc: b@x", "a@x"}, NULL,
	"cannot use -a X: a\\x0aBcc: b@x: "},
    {"-E", {"mail", "-Es", "x", "root"}, "s=x E [root]", NULL},
    {"fail2ban", {"mail", "-E", "set escape", "-s", "x", "root"}, "s=x [root]",
	NULL},
    {"-E and a recipient", {"mail", "-E", "set"}, "E [set]", NULL},
    {"apticron",
	{"mailx", "-a", "MIME-Version: 1.0", "-a",
	    "Content-type: text/plain; charset=UTF-8", "-a",
	    "Content-transfer-encoding: 8bit", "root"},
	"header=MIME-Version: 1.0 "
	"header=Content-type: text/plain; charset=UTF-8 [root]",
	NULL},
    {"--", {"mail", "-s", "x", "--", "-a", "root"}, "s=x [-a][root]", NULL},
    {"--help", {"mail", "--help"}, "help ", NULL},
    {"--version", {"mailx", "--version"}, "version ", NULL},

    {"options after a recipient", {"mail", "root", "-s", "x"}, NULL,
	"cannot use -s after a recipient\n"},
    {"options of sendmail", {"mail", "-s", "x", "root", "--", "-f", "me@x"},
	NULL, "cannot use -- after a recipient\n"},
    {"-s twice", {"mail", "-s", "x", "-s", "y", "root"}, NULL,
	"cannot use -s twice"},
    {"no value", {"mail", "-s"}, NULL,
	"cannot use -s: its value is missing\nhint: see mail --help"},
    {"-f", {"mail", "-f", "mbox"}, NULL,
	"mail has no such option\nhint: smtpost only sends mail; -r ADDRESS"},
    {"-u", {"mail", "-u", "root"}, NULL, "smtpost only sends mail; see mail"},
    {"-e", {"mailx", "-e"}, NULL, "smtpost only sends mail; see mailx"},
    {"-H", {"mailx", "-H"}, NULL, "smtpost only sends mail"},
    {"-A", {"mail", "-A", "x.pdf", "root"}, NULL, "; -a FILE attaches a file"},
    {"-t", {"mail", "-t"}, NULL, "; sendmail -t takes recipients"},
    {"-S", {"mailx", "-S", "smtp=x", "a@x"}, NULL, "cannot use -S: mailx has"},
    {"-P", {"mail", "-P", "work", "a@x"}, NULL, "cannot use -P: mail has no"},
    {"-C", {"mail", "-C", "/etc/shadow", "a@x"}, NULL, "cannot use -C: mail"},
    {"-bs", {"mail", "-bs"}, "bcc=s ", NULL},
    {"-~", {"mail", "-~", "root"}, NULL, "cannot use -~: mail has no such"},
    {"--set", {"mail", "--set", "tls=none", "a@x"}, NULL, "cannot use --set"},
    {"--attach", {"mail", "--attach", "x", "a@x"}, NULL, "cannot use --attach"},
    {"--subject", {"mail", "--subject=x", "a@x"}, NULL, "cannot use --subject"},
    {"--run", {"mail", "--run", "a@x", "--", "id"}, NULL, "cannot use --run"},
};

/* The first word is the program's name. */
static void
test_named(void **state)
{
	const struct parse_row *row = *state;
	struct parse_row behind = *row;

	for (size_t i = 0; i < 9; i++)
		behind.words[i] = row->words[i + 1];
	behind.words[9] = NULL;
	parse(&behind, row->words[0]);
}

static void
test_no_name(void **state)
{
	char *argv[] = {NULL};
	struct options options;
	struct error err = {0};

	(void)state;
	assert_true(command_line_parse(&options, 0, argv, &err));
	assert_int_equal(options.operand_count, 0);
	options_free(&options);
}

/* A very long word is shortened in the error, but not where it is used. */
static void
test_long_words(void **state)
{
	char *argv[3] = {strdup("smtpost"), NULL, NULL};
	struct options options;
	struct error err = {0};
	struct buf word;

	(void)state;
	buf_init(&word, 300000);
	buf_add_text(&word, "--set=from=");
	while (word.len < 200000)
		buf_add_char(&word, 'x');
	argv[1] = strdup(buf_text(&word));
	assert_true(command_line_parse(&options, 2, argv, &err));
	assert_int_equal(options.sets[0].len, 200000 - 6);
	options_free(&options);

	argv[1][2] = 'S';
	assert_false(command_line_parse(&options, 2, argv, &err));
	options_free(&options);
	memcpy(argv[1], "--report=", 9); /* goes through a buf */
	assert_false(command_line_parse(&options, 2, argv, &err));
	assert_int_equal(err.kind, ERROR_USAGE);
	options_free(&options);
	free(argv[0]);
	free(argv[1]);
	buf_free(&word);
}

/* No letter or name is in the table twice, and each row has its help. */
static void
test_table(void **state)
{
	(void)state;
	assert_true(option_count > 0);
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];

		assert_true(option->letter != 0 || option->name != NULL);
		assert_int_equal(
		    option->argument != ARGUMENT_NONE, option->metavar != NULL);
		assert_non_null(option->help);
		for (size_t j = 0; j < i; j++) {
			const struct option *other = &option_table[j];

			/* mail has other options with some letters. */
			if (option->letter != 0 &&
			    (option->as_mail == 0) == (other->as_mail == 0))
				assert_int_not_equal(
				    option->letter, other->letter);
			if (option->name != NULL && other->name != NULL)
				assert_string_not_equal(
				    option->name, other->name);
		}
	}
}

static char *
help_of(enum role role)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	help_print(out, role);
	fclose(out);
	for (char *line = text; *line != '\0';) {
		char *end = strchr(line, '\n');

		assert_non_null(end);
		if (end - line > 80)
			fail_msg("too wide: %.*s", (int)(end - line), line);
		line = end + 1;
	}
	return text;
}

static void
test_sendmail_help(void **state)
{
	char *text = help_of(ROLE_SENDMAIL);

	(void)state;
	assert_null(strstr(text, "--config"));
	assert_null(strstr(text, "--set"));
	assert_null(strstr(text, "--from"));
	assert_non_null(strstr(text, "\n  -f ADDRESS "));
	assert_non_null(strstr(text, "--help"));
	assert_non_null(strstr(text, " -C FILE "));
	free(text);
}

static void
test_help(void **state)
{
	char *text = help_of(ROLE_SMTPOST);

	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		const struct option *option = &option_table[i];
		char word[64];

		if (option_table_modes(option, ROLE_SMTPOST) == 0)
			continue;
		snprintf(word, sizeof(word), "%s%s", option->name ? "--" : "-",
		    option->name ? option->name
				 : (char[]){option->letter, '\0'});
		if (strstr(text, word) == NULL ||
		    strstr(text, option->help) == NULL)
			fail_msg("no %s in the help", word);
	}
	free(text);
}

struct role_row {
	const char *name;
	const char *program;
	const char *role;
};

static const struct role_row roles[] = {
    {"none", NULL, "smtpost"},
    {"empty", "", "smtpost"},
    {"smtpost", "smtpost", "smtpost"},
    {"sendmail", "sendmail", "sendmail"},
    {"/usr/sbin/sendmail", "/usr/sbin/sendmail", "sendmail"},
    {"./sendmail", "./sendmail", "sendmail"},
    {"mailq", "/usr/bin/mailq", "mailq"},
    {"newaliases", "newaliases", "newaliases"},
    {"/usr/bin/mail", "/usr/bin/mail", "mail"},
    {"mailx", "mailx", "mailx"},
    {"Mail", "Mail", "smtpost"},
    {"-sendmail", "-sendmail", "smtpost"},
    {"a longer name", "sendmailx", "smtpost"},
    {"a shorter name", "sendmai", "smtpost"},
    {"a folder", "/usr/lib/sendmail/", "smtpost"},
    {"within a folder", "/opt/sendmail/bin/post", "smtpost"},
    {"case", "SENDMAIL", "smtpost"},
};

/* `words` have a blank between them. */
static bool
is_one_of(const char *word, const char *words)
{
	struct span rest = span_from(words), next;

	while (span_next_word(&rest, " ", &next))
		if (span_equal(next, span_from(word)))
			return true;
	return false;
}

static void
test_role(void **state)
{
	const struct role_row *row = *state;
	char *program = row->program != NULL ? strdup(row->program) : NULL;
	char *argv[] = {program, NULL};
	struct options options;
	struct error err = {0};

	assert_true(command_line_parse(&options, 1, argv, &err));
	assert_string_equal(options_role_name(options.role), row->role);
	assert_int_equal(options_role_is_mail(options.role),
	    is_one_of(row->role, "mail mailx"));
	assert_int_equal(options_role_is_sendmail(options.role),
	    is_one_of(row->role, "sendmail mailq newaliases"));
	options_free(&options);
	free(program);
}

int
main(void)
{
	struct rows all = {0};

	rows_add(&all, "parse", parses, ROWS(parses), test_parse);
	rows_add(&all, "sendmail", sendmails, ROWS(sendmails), test_named);
	rows_add(&all, "mail", mails, ROWS(mails), test_named);
	rows_add(&all, "name of the program", roles, ROWS(roles), test_role);
	rows_add_one(&all, "no words at all", test_no_name);
	rows_add_one(&all, "long words", test_long_words);
	rows_add_one(&all, "the table", test_table);
	rows_add_one(&all, "the help", test_help);
	rows_add_one(&all, "the help of sendmail", test_sendmail_help);
	return rows_end(&all);
}
