#include "rule_world.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *const components[] = {
	"Kube",    "Node",   "Etcd",    "Redis",  "Postgres", "Kafka", "Nginx",   "Mongo",      "Elastic",   "Rabbit",
	"Vault",   "Consul", "Haproxy", "Envoy",  "Istio",    "Ceph",  "Mysql",   "Zookeeper",  "Cassandra", "Coredns",
	"Thanos",  "Loki",   "Minio",   "Argo",   "Flink",    "Spark", "Airflow", "Gitlab",     "Jenkins",   "Harbor",
	"Traefik", "Cilium", "Calico",  "Velero", "Keycloak", "Nats",  "Pulsar",  "Clickhouse", "Snmp",      "Blackbox"};
static const char *const things[] = {"Pod",     "Deployment",  "Cpu",     "Memory",    "Disk",       "Filesystem",
                                     "Network", "Replica",     "Leader",  "Queue",     "Connection", "Request",
                                     "Latency", "Certificate", "Backup",  "Job",       "Quota",      "Cache",
                                     "Index",   "Consumer",    "Broker",  "Partition", "Snapshot",   "Volume",
                                     "Proxy",   "Upstream",    "Session", "Token",     "Thread",     "Heap"};
static const char *const conditions[] = {"High",         "Low",       "Down",      "Missing",       "Failing",
                                         "CrashLooping", "NotReady",  "Saturated", "Expiring",      "Stuck",
                                         "Lagging",      "Flapping",  "Full",      "Unreachable",   "Slow",
                                         "Rejected",     "Throttled", "Mismatch",  "Overcommitted", "Stale"};
static const char *const domains[] = {"checkout", "billing",   "search", "catalog", "identity", "ledger", "pricing",
                                      "shipping", "inventory", "media",  "mail",    "fraud",    "orders", "reports",
                                      "gateway",  "profile",   "coupon", "invoice", "session",  "ranking"};
static const char *const roles[] = {"api", "worker", "db", "cache", "cron", "web", "stream", "proxy"};
static const char *const regions[] = {"eu-west-1", "eu-north-1", "us-east-1", "us-west-2", "ap-south-1", "sa-east-1"};
static const char *const envs[] = {"prod", "prod", "prod", "staging", "dev"};
static const char *const severities[] = {"critical", "warning", "info"};

static size_t draw(struct rule_world *w, size_t below)
{
	w->chance ^= w->chance << 13;
	w->chance ^= w->chance >> 7;
	w->chance ^= w->chance << 17;
	return (size_t)((w->chance * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % below;
}

#define PICK(w, list) (list)[draw((w), COUNT(list))]

struct rule_world rule_world_of(size_t rules, uint64_t seed)
{
	return (struct rule_world){seed * UINT64_C(0x9E3779B97F4A7C15) | 1, 20 + rules / 4};
}

/* ---- names ---- */

static void put_alertname(struct rule_world *w, struct buf *out)
{
	buf_printf(out, "%s%s%s", PICK(w, components), PICK(w, things), PICK(w, conditions));
}

/* A service has its number in its name, so that its domain and role are the same in rules and alerts. */
static void put_service(struct buf *out, size_t n)
{
	buf_printf(out, "%s-%s-%04zu", domains[n % COUNT(domains)], roles[n / 7 % COUNT(roles)], n);
}

static void put_team(struct buf *out, size_t service)
{
	buf_printf(out, "%s-%zu", domains[service % COUNT(domains)], service / 40);
}

/* ---- rules ---- */

static void put_exact_matcher(struct rule_world *w, struct buf *out)
{
	buf_add_c(out, "'alertname=\"");
	put_alertname(w, out);
	buf_add_c(out, "\"'");
}

static void prefix(struct rule_world *w, struct buf *out)
{
	size_t service = draw(w, w->services);
	switch (draw(w, 3)) {
	case 0: buf_printf(out, "'alertname=~\"%s%s.*\"'", PICK(w, components), PICK(w, things)); break;
	case 1:
		buf_add_c(out, "'namespace=~\"");
		put_team(out, service);
		buf_add_c(out, "-.+\"'");
		break;
	default:
		buf_add_c(out, "'service=~\"");
		put_service(out, service);
		buf_add_c(out, "(-.*)?\"'");
	}
}

static void alternation(struct rule_world *w, struct buf *out)
{
	if (draw(w, 2)) {
		buf_printf(out, "'alertname=~\"%s(%s|%s)(%s|%s)\"'", PICK(w, components), PICK(w, things), PICK(w, things),
		           PICK(w, conditions), PICK(w, conditions));
		return;
	}
	buf_add_c(out, "'alertname=~\"");
	for (size_t n = 2 + draw(w, 4); n > 0; n--) {
		put_alertname(w, out);
		if (n > 1)
			buf_add_char(out, '|');
	}
	buf_add_c(out, "\"'");
}

static void suffix(struct rule_world *w, struct buf *out)
{
	size_t service = draw(w, w->services);
	if (draw(w, 3)) {
		buf_add_c(out, "'instance=~\".*\\\\.");
		put_service(out, service);
		buf_add_c(out, "\\\\.example\\\\.com\"'");
		return;
	}
	buf_printf(out, "'alertname=~\".*%s%s\"'", PICK(w, things), PICK(w, conditions));
}

static void put_pod_matcher(struct rule_world *w, struct buf *out)
{
	size_t service = draw(w, w->services);
	buf_printf(out, "'pod=~\"%s.*%s-%04zu.*\"'", draw(w, 4) ? "" : "(?i)", roles[service / 7 % COUNT(roles)], service);
}

static void two_labels(struct rule_world *w, struct buf *out)
{
	static const char *const second[] = {"'env=\"prod\"'", "'severity=~\"critical|warning\"'", "'env!=\"dev\"'",
	                                     "'region=~\"eu-.*\"'"};
	if (draw(w, 2)) {
		buf_printf(out, "'alertname=~\"%s.*\"', 'service=\"", PICK(w, components));
		put_service(out, draw(w, w->services));
		buf_add_c(out, "\"'");
		return;
	}
	put_exact_matcher(w, out);
	buf_printf(out, ", %s", PICK(w, second));
}

static void matchers(struct rule_world *w, struct buf *out)
{
	static const struct {
		size_t percent;
		void (*put)(struct rule_world *w, struct buf *out);
	} kinds[] = {{35, put_exact_matcher}, {20, prefix},    {15, alternation}, {7, suffix},
	             {8, put_pod_matcher},    {15, two_labels}};
	size_t roll = draw(w, 100), i = 0;
	for (; roll >= kinds[i].percent; i++)
		roll -= kinds[i].percent;
	kinds[i].put(w, out);
}

void rule_world_file(struct rule_world *w, size_t rules, struct buf *out)
{
	buf_add_c(out, "rules:\n");
	for (size_t i = 0; i < rules; i++) {
		buf_printf(out, "  - name: rule-%zu\n    matchers: [", i);
		matchers(w, out);
		buf_printf(out, "]\n    severity: P%zu\n    receivers: [oncall]\n", draw(w, 4));
		buf_printf(out, "    runbook: https://runbooks.example.com/%s/%zu\n", PICK(w, domains), i);
		if (draw(w, 4) == 0)
			buf_add_c(out, "    summary: \"{{labels.alertname}} on {{labels.instance}}\"\n");
	}
}

/* ---- alerts ---- */

static struct str taken_text(struct buf *b, struct arena *arena)
{
	struct str s = arena_str(arena, buf_str(b));
	buf_reset(b);
	return s;
}

/* A third of the alerts come from machines that no team has services on. */
struct labels rule_world_alert(struct rule_world *w, struct arena *arena)
{
	AUTOBUF struct buf b;
	buf_init(&b, 4096);
	bool strange = draw(w, 3) == 0;
	size_t service = draw(w, w->services) + (strange ? w->services : 0), pod = draw(w, 100000);
	struct label *v = arena_alloc(arena, 10 * sizeof *v);
	put_alertname(w, &b);
	if (strange)
		buf_add_c(&b, "Unowned");
	v[0] = (struct label){STR("alertname"), taken_text(&b, arena)};
	v[1] = (struct label){STR("cluster"), str_c(PICK(w, regions))};
	v[2] = (struct label){STR("env"), str_c(PICK(w, envs))};
	buf_printf(&b, "host%zu.", pod % 977);
	put_service(&b, service);
	buf_add_c(&b, ".example.com");
	v[3] = (struct label){STR("instance"), taken_text(&b, arena)};
	v[4] = (struct label){STR("job"), str_c(PICK(w, roles))};
	put_team(&b, service);
	buf_printf(&b, "-%s", v[2].value.p);
	v[5] = (struct label){STR("namespace"), taken_text(&b, arena)};
	put_service(&b, service);
	buf_printf(&b, "-%05zx-%03zx", pod * 7919 % 0xfffff, pod % 0xfff);
	v[6] = (struct label){STR("pod"), taken_text(&b, arena)};
	v[7] = (struct label){STR("region"), v[1].value};
	put_service(&b, service);
	v[8] = (struct label){STR("service"), taken_text(&b, arena)};
	v[9] = (struct label){STR("severity"), str_c(PICK(w, severities))};
	return (struct labels){v, 10};
}
