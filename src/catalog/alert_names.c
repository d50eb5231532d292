/* May this word be an alert's name? What looks like one and is the name of a product, a document or a metric. */
#include <string.h>

#include "base/ascii.h"
#include "runbook_impl.h"

#define NAME_MAX_BYTES 160

/* ---- things that are written like alerts ---- */

/* Products and protocols with a capital inside: titles of pages about them, not names of alerts. */
static const struct {
	const char *word;
	const char *why;
} things[] = {
	{"ActiveMQ", "message broker"},
	{"AlertManager", "where alerts come from"},
	{"ApacheSpark", "data processing"},
	{"AppDynamics", "monitoring"},
	{"AppInsights", "monitoring"},
	{"ArgoCD", "deployment"},
	{"AutoScaling", "a cloud's service"},
	{"BigQuery", "database"},
	{"BitBucket", "code hosting"},
	{"CentOS", "operating system"},
	{"CircleCI", "continuous integration"},
	{"ClickHouse", "database"},
	{"CloudFlare", "content delivery"},
	{"CloudFormation", "a cloud's service"},
	{"CloudFront", "a cloud's service"},
	{"CloudRun", "a cloud's service"},
	{"CloudSQL", "a cloud's service"},
	{"CloudTrail", "a cloud's service"},
	{"CloudWatch", "monitoring"},
	{"CockroachDB", "database"},
	{"ConfigMap", "Kubernetes object"},
	{"CouchBase", "database"},
	{"CrashLoopBackOff", "a pod's state"},
	{"CronJob", "Kubernetes object"},
	{"DaemonSet", "Kubernetes object"},
	{"DataDog", "monitoring"},
	{"DataGuard", "Oracle's replication"},
	{"DevOps", "a way of working"},
	{"DigitalOcean", "cloud"},
	{"DocumentDB", "database"},
	{"ElastiCache", "a cloud's service"},
	{"ElasticSearch", "search"},
	{"EventBridge", "a cloud's service"},
	{"FastAPI", "web framework"},
	{"FluentBit", "log shipper"},
	{"FluentD", "log shipper"},
	{"GitHub", "code hosting"},
	{"GitLab", "code hosting"},
	{"GitOps", "a way of working"},
	{"GoAlert", "paging"},
	{"GraphQL", "query language"},
	{"HashiCorp", "company"},
	{"ImagePullBackOff", "a pod's state"},
	{"InfluxDB", "database"},
	{"IntelliJ", "editor"},
	{"JavaScript", "language"},
	{"KeyCloak", "identity"},
	{"KeyVault", "a cloud's service"},
	{"KubeDB", "database operator"},
	{"LaunchDarkly", "feature flags"},
	{"LetsEncrypt", "certificates"},
	{"LoadBalancer", "Kubernetes service type"},
	{"LogStash", "log shipper"},
	{"MariaDB", "database"},
	{"MemCached", "cache"},
	{"MetalLB", "load balancer"},
	{"MinIO", "object store"},
	{"MongoDB", "database"},
	{"MsTeams", "chat"},
	{"MySQL", "database"},
	{"NetApp", "storage"},
	{"NetBox", "inventory"},
	{"NewRelic", "monitoring"},
	{"NextCloud", "file sharing"},
	{"NodeJS", "language"},
	{"OneLogin", "identity"},
	{"OpenAI", "company"},
	{"OpenAPI", "interface description"},
	{"OpenShift", "Kubernetes distribution"},
	{"OpenStack", "cloud"},
	{"OpenSearch", "search"},
	{"OpenTelemetry", "monitoring"},
	{"OpenVPN", "network"},
	{"OpsGenie", "paging"},
	{"PagerDuty", "paging"},
	{"PgBouncer", "connection pool"},
	{"PlanetScale", "database"},
	{"PostgreSQL", "database"},
	{"PostMortem", "document"},
	{"PowerDNS", "name server"},
	{"PowerShell", "shell"},
	{"PushGateway", "monitoring"},
	{"RabbitMQ", "message broker"},
	{"ReplicaSet", "Kubernetes object"},
	{"RedHat", "company"},
	{"RocketChat", "chat"},
	{"RunBook", "document"},
	{"SaltStack", "configuration"},
	{"ScyllaDB", "database"},
	{"SendGrid", "mail"},
	{"ServiceNow", "tickets"},
	{"SignalFx", "monitoring"},
	{"SonarQube", "code quality"},
	{"StatefulSet", "Kubernetes object"},
	{"StatusPage", "status page"},
	{"StorageClass", "Kubernetes object"},
	{"SumoLogic", "logs"},
	{"TeamCity", "continuous integration"},
	{"TimescaleDB", "database"},
	{"TypeScript", "language"},
	{"VictorOps", "paging"},
	{"VictoriaLogs", "logs"},
	{"VictoriaMetrics", "monitoring"},
	{"WebLogic", "application server"},
	{"WebSocket", "protocol"},
	{"WildFly", "application server"},
	{"WireGuard", "network"},
	{"WordPress", "web site"},
	{"YouTube", "video"},
	{"ZooKeeper", "coordination"},
};

/* What alerts go to, where a page says "Alerts: …" and means the way, not the name. */
static const char *const channels[] = {"slack",    "email",   "mail",       "sms",     "phone",    "pager",
                                       "teams",    "discord", "none",       "yes",     "no",       "n/a",
                                       "enabled",  "sentry",  "prometheus", "grafana", "loki",     "true",
                                       "critical", "false",   "warning",    "info",    "telegram", "opsgenie"};

/* A word in capitals behind another makes a language, a database or a protocol: PromQL, EdgeDB, NodeJS. */
static const struct {
	const char *ending;
	const char *why;
} thing_endings[] = {
	{"SQL", "databases, query languages"},
	{"QL", "query languages"},
	{"DB", "databases"},
	{"MQ", "message brokers"},
	{"JS", "JavaScript libraries"},
	{"CI", "continuous integration"},
	{"CD", "deployment"},
	{"OS", "operating systems"},
	{"VPN", "networks"},
	{"SDK", "libraries"},
	{"RPC", "protocols"},
	{"OAuth", "protocols"},
	{"Ops", "ways of working"},
};

/* Of a Prometheus metric: a word with underscores that ends so is what is measured. */
static const char *const metric_endings[] = {"_total", "_seconds", "_bytes",   "_count", "_sum",  "_bucket",
                                             "_ratio", "_info",    "_percent", "_size",  "_time", "_celsius"};

bool alert_name_is_thing(struct str word)
{
	for (size_t i = 0; i < sizeof things / sizeof *things; i++)
		if (str_eq_nocase(word, str_c(things[i].word)))
			return true;
	for (size_t i = 0; i < sizeof thing_endings / sizeof *thing_endings; i++) {
		struct str ending = str_c(thing_endings[i].ending);
		if (word.n > ending.n && str_ends(word, ending) && ascii_is_lower(word.p[word.n - ending.n - 1]))
			return true;
	}
	return false;
}

static bool is_channel(struct str word)
{
	for (size_t i = 0; i < sizeof channels / sizeof *channels; i++)
		if (str_eq_nocase(word, str_c(channels[i])))
			return true;
	return false;
}

static bool is_metric(struct str word)
{
	for (size_t i = 0; i < sizeof metric_endings / sizeof *metric_endings; i++)
		if (str_ends(word, str_c(metric_endings[i])))
			return true;
	return false;
}

/* ---- shapes ---- */

bool alert_name_is_token(struct str s)
{
	bool letter = false;
	for (size_t i = 0; i < s.n; i++) {
		letter = letter || ascii_is_alpha(s.p[i]);
		if (!ascii_is_alnum(s.p[i]) && !(s.p[i] && strchr("_-.", s.p[i])))
			return false;
	}
	return letter && s.n > 2 && s.n <= NAME_MAX_BYTES && s.p[s.n - 1] != '.';
}

static bool has_hump(struct str s)
{
	bool hump = false;
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]))
			return false;
		hump = hump || (i && ascii_is_upper(s.p[i]) && ascii_is_lower(s.p[i - 1]));
	}
	return hump && s.n <= NAME_MAX_BYTES;
}

bool alert_name_is_camel(struct str s)
{
	return has_hump(s) && !alert_name_is_thing(s);
}

/* With a capital at the start of each part: Node_Down, Disk-Full. */
static bool has_capital(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_upper(s.p[i]))
			return true;
	return false;
}

bool alert_name_is_likely(struct str s)
{
	if (alert_name_is_camel(s))
		return true;
	bool joined = alert_name_is_token(s) && (str_index(s, '_') > 0 || str_index(s, '-') > 0);
	return joined && !is_metric(s) && str_index(s, '.') < 0;
}

bool alert_name_is_stated(struct str s)
{
	return alert_name_is_likely(s) ||
	       (alert_name_is_token(s) && has_capital(s) && !alert_name_is_thing(s) && !is_channel(s));
}
