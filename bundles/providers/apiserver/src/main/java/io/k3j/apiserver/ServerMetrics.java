package io.k3j.apiserver;

import io.k3j.apiaccess.Auditing;
import io.k3j.apiaccess.AuthenticationMetrics;
import io.k3j.apirequests.AdmissionMetrics;
import io.k3j.apirequests.RequestMetrics;
import io.k3j.apirequests.StoreMetrics;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiwatches.WatchMetrics;
import io.k3j.flowcontrol.AuthFailureLimiter;
import io.k3j.flowcontrol.RequestLimits;
import io.k3j.metricstext.MetricFamilies;
import io.k3j.metricstext.MetricText;
import io.k3j.model.Gvr;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Kinds;
import io.k3j.objectregistry.Storage;
import io.k3j.watchcache.SnapshotTree;
import io.k3j.watchcache.StorageKeys;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// The metrics of `/metrics`, in Prometheus' text format: this server's, then those of the process' other components.
/// In K3s they share one registry.
final class ServerMetrics {
    private static final String HELP = "See the Kubernetes metrics reference.";
    private final Counted counted;
    private final RequestLimits limits;
    private final AuthFailureLimiter failures;
    private final Auditing auditing;
    private final Storage storage;
    private final Kinds kinds;
    private final Supplier<String> others;
    private final ProcessFigures process = new ProcessFigures(Path.of("/proc/self"));

    /// What counts series by itself.
    record Counted(RequestMetrics requests, WatchMetrics watches, AdmissionMetrics admissions, StoreMetrics store,
            AuthenticationMetrics authentications) {
    }

    /// @param others gives those of the other components, asked at each scrape
    // one for each kind of figure
    @SuppressWarnings("checkstyle:ParameterNumber")
    ServerMetrics(Counted counted, RequestLimits limits, AuthFailureLimiter failures, Auditing auditing,
            Storage storage, Kinds kinds, Supplier<String> others) {
        this.counted = counted;
        this.limits = limits;
        this.failures = failures;
        this.auditing = auditing;
        this.storage = storage;
        this.kinds = kinds;
        this.others = others;
    }

    /// The current values.
    String text() {
        MetricText text = new MetricText();
        counted.requests.to(text);
        counted.watches.to(text);
        counted.admissions.to(text);
        counted.store.to(text);
        counted.authentications.to(text);
        build(text);
        byKind(text, "apiserver_current_inflight_requests", limits.flows().taken());
        byKind(text, "apiserver_current_inqueue_requests", limits.flows().waiting());
        gauges().forEach((name, value) -> text.family(name,
                name.endsWith("_total") ? MetricText.Type.COUNTER : MetricText.Type.GAUGE, HELP).value(value));
        objects(text);
        limits.flows().to(text);
        return MetricFamilies.merged(List.of(text.toString(), others.get()));
    }

    /// How many objects of each kind are stored, under the names before and since 1.34. Kinds that show the same
    /// objects are told once.
    private void objects(MetricText text) {
        SnapshotTree<?> tree = storage.log().newest().tree();
        Map<Gvr, Integer> counts = new LinkedHashMap<>();
        Set<String> counted = new HashSet<>();
        for (ResourceKind kind : kinds.listed()) {
            String prefix = kind.storage().prefix();
            if (kind.storage().stored() && counted.add(prefix)) {
                counts.put(kind.gvr(), tree.rank(StorageKeys.end(prefix)) - tree.rank(prefix));
            }
        }
        text.family("apiserver_resource_objects", MetricText.Type.GAUGE, "Stored objects at the last look, by kind.");
        counts.forEach((r, n) -> text.value(n, "group", r.group(), "resource", r.resource()));
        text.family("apiserver_storage_objects", MetricText.Type.GAUGE, "Stored objects at the last look, by kind.");
        counts.forEach((r, n) -> text.value(n, "resource",
                r.group().isEmpty() ? r.resource() : r.resource() + "." + r.group()));
    }

    private static void build(MetricText text) {
        Struct v = Version.document();
        text.family("kubernetes_build_info", MetricText.Type.GAUGE, "What runs, by its labels.").value(1, "build_date",
                v.text("buildDate"), "compiler", v.text("compiler"), "git_commit", v.text("gitCommit"),
                "git_tree_state", v.text("gitTreeState"), "git_version", v.text("gitVersion"), "go_version",
                v.text("goVersion"), "major", v.text("major"), "minor", v.text("minor"), "platform",
                v.text("platform"));
    }

    private SortedMap<String, Number> gauges() {
        SortedMap<String, Number> all = new TreeMap<>();
        all.put("k3j_authentication_failures_total", failures.all());
        all.put("k3j_authentication_failures_slowed_total", failures.slowed());
        all.put("k3j_apiserver_audit_events_lost_total", auditing.lost());
        all.put("k3j_apiserver_audit_strangers_passed_over_total", auditing.passedOver());
        all.put("k3j_apiserver_body_bytes", limits.bodies().taken());
        all.put("k3j_apiserver_answer_bytes", limits.answers().taken());
        all.put("k3j_apiserver_long_lists", limits.longLists().taken());
        all.put("k3j_apiserver_long_lists_refused_total", limits.longLists().refused());
        all.put("k3j_apiserver_watches", limits.watches().taken());
        all.put("k3j_apiserver_watches_refused_total", limits.watches().refused());
        all.put("etcd_debugging_mvcc_current_revision", storage.log().newest().revision());
        all.put("k3j_consistent_read_failures_total", storage.fence().failures());
        all.put("k3j_stale_reads_total", storage.fence().staleAnswers());
        process.to(all);
        return all;
    }

    private static void byKind(MetricText text, String name, int[] readsAndWrites) {
        text.family(name, MetricText.Type.GAUGE, HELP).value(readsAndWrites[0], "request_kind", "readOnly")
                .value(readsAndWrites[1], "request_kind", "mutating");
    }
}
