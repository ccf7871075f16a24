#include "doctor/surveyed.h"

#include "doctor/reach_check.h"

#define A "192.0.2.5"
#define B "192.0.2.6"
#define SIX "2001:db8::5"
#define ONE "server = smtps://" A "\n"
#define TWO "server = smtps://" A ", smtps://" B "\n"

static const struct surveyed_row rows[] = {
    {"connected", ONE, reach_check_connect,
	"ok  reach.connect  " A " port 465: " A " after 21 ms, " SIX
	" after 30 ms\n",
	{{A, .connect_time = 21}, {SIX, .connect_time = 30}}},
    {"refused", ONE, reach_check_connect,
	"failure  reach.connect  nothing listens at " A " port 465\n",
	{{A, .error = ECONNREFUSED}}},
    {"refused at two addresses", ONE, reach_check_connect,
	"failure  reach.connect  nothing listens at " A " port 465 (" A ", " SIX
	")\n",
	{{A, .error = ECONNREFUSED}, {SIX, .error = ECONNREFUSED}}},
    {"refused by two servers", TWO, reach_check_connect,
	"failure  reach.connect  nothing listens at " A " port 465, " B
	" port 465\n",
	{{A, .error = ECONNREFUSED}, {B, .server = 1, .error = ECONNREFUSED}}},
    {"one of two addresses", ONE, reach_check_connect,
	"warning  reach.connect  nothing listens at " A " port 465 (" B ")\n",
	{{A, .connect_time = 1}, {B, .error = ECONNREFUSED}}},
    {"two reasons", ONE, reach_check_connect,
	"failure  reach.connect  nothing listens at " A " port 465 (" A ")\n"
	"failure  reach.connect  a route of this machine drops what goes to " A
	" port 465 (" B ")\n"
	"hint: see the output of: ip route get " B "\n",
	{{A, .error = ECONNREFUSED}, {B, .error = EINVAL}}},
    {"refused, and IPv6 is not here", ONE, reach_check_connect,
	"failure  reach.connect  nothing listens at " A " port 465 (" A ")\n",
	{{A, .error = ECONNREFUSED}, {SIX, .error = ENETUNREACH}}},
    {"neither family is here", ONE, reach_check_connect,
	"failure  reach.connect  this machine has no route to " A
	" port 465 (" A ", " SIX ")\n"
	"hint: see the output of: ip route get " A "\n",
	{{A, .error = ENETUNREACH}, {SIX, .error = ENETUNREACH}}},
    {"a container without IPv6", ONE, reach_check_connect,
	"failure  reach.connect  this machine has no address from which it "
	"could reach " A " port 465 (" SIX ")\n",
	{{SIX, .error = EADDRNOTAVAIL}}},
    {"a firewall", ONE, reach_check_connect,
	"failure  reach.connect  this machine does not allow connections to " A
	" port 465\n"
	"hint: see its firewall, its routes, or IPAddressDeny= of a systemd "
	"unit\n",
	{{A, .error = EPERM}}},
    {"another error", ONE, reach_check_connect,
	"failure  reach.connect  cannot connect to " A
	" port 465: Too many open files\n",
	{{A, .error = EMFILE}}},

    {"one family", ONE, reach_check_ipv6,
	"skipped  ipv6  no server has addresses of both families that "
	"answer\n",
	{{A, .connect_time = 1}}},
    {"both families", ONE, reach_check_ipv6,
	"ok  ipv6  IPv4 and IPv6 reach the server equally well\n",
	{{A, .connect_time = 1}, {SIX, .connect_time = 400}}},
    {"IPv6 is slower", ONE, reach_check_ipv6,
	"note  ipv6  IPv6 reaches " A " after 700 ms, IPv4 after 20 ms\n",
	{{A, .connect_time = 20}, {SIX, .connect_time = 700}}},
    {"IPv6 is silent", ONE, reach_check_ipv6,
	"warning  ipv6  IPv6 does not reach " A ": " SIX " does not answer, " A
	" answers after 20 ms\n"
	"write: ip = 4\n",
	{{A, .connect_time = 20}, {SIX, .error = ETIMEDOUT}}},
    {"IPv6 is refused", ONE, reach_check_ipv6,
	"note  ipv6  IPv6 does not reach " A ": " SIX " cannot be reached, " A
	" answers after 20 ms\n"
	"hint: connection refused; it fails at once and so costs no time\n",
	{{A, .connect_time = 20}, {SIX, .error = ECONNREFUSED}}},
    {"IPv4 is refused", ONE, reach_check_ipv6,
	"warning  ipv6  IPv4 does not reach " A ": " A
	" cannot be reached, " SIX " answers after 20 ms\n"
	"hint: connection refused\n",
	{{SIX, .connect_time = 20}, {A, .error = ECONNREFUSED}}},
    {"a machine with IPv6 only", ONE, reach_check_ipv6,
	"note  ipv6  IPv4 does not reach " A ": " A " cannot be reached, " SIX
	" answers after 20 ms\n"
	"hint: network is unreachable; it fails at once and so costs no time\n",
	{{SIX, .connect_time = 20}, {A, .error = ENETUNREACH}}},

    {"a port that is open", ONE, reach_check_port,
	"ok  reach.port  port 465 is not blocked\n", {{A, .connect_time = 1}}},
    {"a port that is refused", ONE, reach_check_port,
	"skipped  reach.port  needs reach.connect\n",
	{{A, .error = ECONNREFUSED}}},
    {"silence, as the connection sees it", ONE, reach_check_connect,
	"skipped  reach.connect  needs reach.port\n",
	{{A, .error = ETIMEDOUT}}},

    {"one server", ONE, reach_check_second,
	"skipped  reach.second  there is only one server\n",
	{{A, .connect_time = 1}}},
    {"two servers", TWO, reach_check_second,
	"ok  reach.second  2 servers answer\n",
	{{A, .connect_time = 1}, {B, .server = 1, .connect_time = 1}}},
    {"the second is silent", TWO, reach_check_second,
	"warning  reach.second  " B " port 465 does not answer: nothing takes "
	"over if " A " port 465 fails\n",
	{{A, .connect_time = 1}, {B, .server = 1, .error = ETIMEDOUT}}},
    {"the second is dead in two ways", TWO, reach_check_second,
	"warning  reach.second  " B " port 465 does not answer: nothing takes "
	"over if " A " port 465 fails\n",
	{{A, .connect_time = 1}, {B, .server = 1, .error = ETIMEDOUT},
	    {SIX, .server = 1, .error = ENETUNREACH}}},
    {"the first is refused", TWO, reach_check_second,
	"warning  reach.second  " A " port 465 refuses connections: every mail "
	"goes to " B " port 465, and nothing takes over if that fails\n",
	{{A, .error = ECONNREFUSED}, {B, .server = 1, .connect_time = 1}}},

    {"no source", ONE, reach_check_source,
	"skipped  source  no source-address is set\n", {{A, .error = 0}}},
    {"a source", ONE "source-address = 127.0.0.1\n", reach_check_source,
	"ok  source  this machine has 127.0.0.1\n", {{A, .error = 0}}},
    {"a source of others", ONE "source-address = 192.0.2.99\n",
	reach_check_source,
	"warning  source  this machine does not have the address 192.0.2.99 "
	"now\n"
	"hint: see the output of: ip address\n",
	{{A, .error = 0}}},
};

int
main(void)
{
	return rows_run("reach", rows, ROWS(rows), surveyed_check);
}
