package io.k3j.clusterdns;

import io.k3j.dnsplugins.Upstream;
import io.k3j.metricstext.MetricText;
import io.k3j.metricstext.MetricText.Type;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;

/// What is counted, under CoreDNS' names (<https://coredns.io/plugins/metrics/>).
final class MetricsPage {
    private static final String[] PROTOCOLS = {"udp", "tcp"};
    private final MetricText text = new MetricText();
    private final Configuration now;

    private MetricsPage(Configuration now) {
        this.now = now;
    }

    /// The page for a configuration.
    ///
    /// @param failedReloads how often a Corefile was refused
    /// @param panics how many messages could not be answered by a mistake of this program
    static String of(Configuration now, long failedReloads, long panics) {
        MetricsPage page = new MetricsPage(now);
        page.text.family("coredns_build_info", Type.GAUGE, "The program that answers in CoreDNS' place.").value(1,
                "version", "k3j", "revision", "", "goversion", "");
        page.text
                .family("coredns_reload_failed_total", Type.COUNTER, "Counter of the number of failed reload attempts.")
                .value(failedReloads);
        page.text.family("coredns_panics_total", Type.COUNTER, "A metrics that counts the number of panics.")
                .value(panics);
        page.blocks();
        page.caches();
        page.forwards();
        return page.text.toString();
    }

    private void blocks() {
        family("coredns_dns_requests_total", Type.COUNTER,
                "Counter of DNS requests made per zone, protocol and family.",
                m -> {
                    for (int kind = 0; kind < 4; kind++) {
                        for (int type = 0; type < m.requests[kind].length; type++) {
                            long n = m.requests[kind][type].sum();
                            if (n > 0) {
                                text.value(n, "server", m.server, "zone", m.zone, "view", "", "proto",
                                        PROTOCOLS[kind / 2], "family", kind % 2 == 0 ? "1" : "2", "type",
                                        BlockMetrics.type(type));
                            }
                        }
                    }
                });
        family("coredns_dns_request_duration_seconds", Type.HISTOGRAM,
                "Histogram of the time (in seconds) each request took per zone and type.", m -> {
                    for (int type = 0; type < m.seconds.length; type++) {
                        if (m.seconds[type].count() > 0) {
                            text.histogram(m.seconds[type], "server", m.server, "zone", m.zone, "view", "", "type",
                                    BlockMetrics.type(type));
                        }
                    }
                });
        family("coredns_dns_request_size_bytes", Type.HISTOGRAM, "Size of the DNS request in bytes.",
                m -> sizes(m, m.requestBytes));
        family("coredns_dns_response_size_bytes", Type.HISTOGRAM, "Size of the returned response in bytes.",
                m -> sizes(m, m.responseBytes));
        family("coredns_dns_do_requests_total", Type.COUNTER, "Counter of DNS requests with DO bit set per zone.",
                m -> text.value(m.dnssec.sum(), "server", m.server, "zone", m.zone, "view", ""));
        family("coredns_dns_responses_total", Type.COUNTER, "Counter of response status codes.",
                m -> m.responses.forEach((code, plugins) -> plugins.forEach((plugin, n) -> text.value(n.sum(),
                        "server", m.server, "zone", m.zone, "view", "", "rcode",
                        io.k3j.dnsmessage.RecordType.code(code),
                        "plugin", plugin))));
        family("coredns_plugin_enabled", Type.GAUGE,
                "A metric that indicates whether a plugin is enabled on per server and zone basis.",
                m -> now.plugins().forEach(p -> text.value(1, "server", m.server, "zone", m.zone, "view", "",
                        "name", p)));
    }

    private void sizes(BlockMetrics m, io.k3j.metricstext.Histogram... sizes) {
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i].count() > 0) {
                text.histogram(sizes[i], "server", m.server, "zone", m.zone, "view", "", "proto", PROTOCOLS[i]);
            }
        }
    }

    private void family(String name, Type type, String help, Consumer<BlockMetrics> values) {
        text.family(name, type, help);
        now.metrics().forEach(values);
    }

    private void caches() {
        text.family("coredns_cache_entries", Type.GAUGE, "The number of elements in the cache.");
        now.caches().forEach(c -> {
            text.value(c.success().size(), "server", "dns://:53", "type", "success", "zones", c.zone(), "view", "");
            text.value(c.denial().size(), "server", "dns://:53", "type", "denial", "zones", c.zone(), "view", "");
        });
        text.family("coredns_cache_hits_total", Type.COUNTER, "The count of cache hits.");
        now.caches().forEach(c -> {
            text.value(c.success().hits(), "server", "dns://:53", "type", "success", "zones", c.zone(), "view", "");
            text.value(c.denial().hits(), "server", "dns://:53", "type", "denial", "zones", c.zone(), "view", "");
        });
        text.family("coredns_cache_requests_total", Type.COUNTER, "The count of cache requests.");
        now.caches().forEach(c -> text.value(c.requests(), "server", "dns://:53", "zones", c.zone(), "view", ""));
        text.family("coredns_cache_served_stale_total", Type.COUNTER,
                "The number of requests served from stale cache entries.");
        now.caches().forEach(c -> text.value(c.stale(), "server", "dns://:53", "zones", c.zone(), "view", ""));
        text.family("coredns_cache_evictions_total", Type.COUNTER, "The count of cache evictions.");
        now.caches().forEach(c -> {
            text.value(c.success().evictions(), "server", "dns://:53", "type", "success", "zones", c.zone(), "view",
                    "");
            text.value(c.denial().evictions(), "server", "dns://:53", "type", "denial", "zones", c.zone(), "view", "");
        });
    }

    private void forwards() {
        text.family("coredns_forward_max_concurrent_rejects_total", Type.COUNTER,
                "Counter of the number of queries rejected because the concurrent queries were at maximum.");
        text.value(now.forwards().stream().mapToLong(f -> f.rejected()).sum());
        text.family("coredns_forward_healthcheck_broken_total", Type.COUNTER,
                "Counter of the number of complete failures of the healthchecks.");
        text.value(now.forwards().stream().mapToLong(f -> f.broken()).sum());
        text.family("coredns_proxy_request_duration_seconds", Type.HISTOGRAM,
                "Histogram of the time each request took.");
        upstreams(u -> text.histogram(u.seconds(), "proxy_name", "forward", "to", u.toString()));
        text.family("coredns_proxy_healthcheck_failures_total", Type.COUNTER,
                "Counter of the number of failed healthchecks.");
        upstreams(u -> text.value(u.failedChecks(), "proxy_name", "forward", "to", u.toString()));
    }

    /// One of each name: a series may be there once.
    private void upstreams(Consumer<Upstream> values) {
        Set<String> seen = new HashSet<>();
        now.forwards().forEach(f -> f.upstreams().now().stream().filter(u -> seen.add(u.toString())).forEach(values));
    }
}
