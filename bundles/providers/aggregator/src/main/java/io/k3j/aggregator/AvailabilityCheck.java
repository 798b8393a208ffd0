package io.k3j.aggregator;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.codec.Json;
import io.k3j.controllerkit.Conditions;
import io.k3j.controllerkit.ExpectingWriter;
import io.k3j.controllerkit.LiveView;
import io.k3j.controllerkit.Reconciler;
import io.k3j.controllerkit.Requeue;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Selector;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Whether the server behind an APIService can be reached: its condition `Available` with upstream's reasons, and the
/// resources that it tells. Each API server checks for itself, as upstream.
final class AvailabilityCheck implements Reconciler, AutoCloseable {
    /// How often a server is asked that was available, and one that was not.
    static final Duration AGAIN = Duration.ofSeconds(30);
    static final Duration SOON = Duration.ofSeconds(5);
    private static final Gvr SERVICES = Gvr.of("v1", "services");
    private static final Gvr SLICES = Gvr.of("discovery.k8s.io/v1", "endpointslices");
    private final ApiClient api;
    private final LiveView services;
    private final DiscoveryAttempts attempts;
    private final ApiServiceTable table;
    private final InstantSource clock;
    /// What was last found here, by name.
    private final Map<Key, Struct> told = new ConcurrentHashMap<>();
    private final AvailabilityMetrics metrics = new AvailabilityMetrics();
    private volatile boolean closed;

    /// Who asks, and where what is learnt goes.
    AvailabilityCheck(ApiClient api, LiveView services, BackendDialer backends, ApiServiceTable table,
            InstantSource clock) {
        this.api = api;
        this.services = services;
        this.attempts = new DiscoveryAttempts(backends);
        this.table = table;
        this.clock = clock;
    }

    @Override
    public Requeue reconcile(Key key, ExpectingWriter writer) {
        Optional<Obj> found = services.get(key);
        if (found.isEmpty()) {
            told.remove(key);
            metrics.gone(key.name());
            return Requeue.NEVER;
        }
        Obj object = found.get();
        Struct condition = ApiService.remote(object) ? condition(ApiService.of(object))
                : Conditions.of(ApiService.AVAILABLE, true, "Local", "Local APIServices are always available");
        if (closed) {
            // what was cut by the stop says nothing about the server
            return Requeue.NEVER;
        }
        Seq before = object.status().seq("conditions");
        Seq after = Conditions.with(before, condition, clock.instant());
        if (after != before && news(key, before.find("type", ApiService.AVAILABLE), condition)) {
            writer.updateStatus(ApiService.RESOURCE, object, object.status().with("conditions", after));
        }
        told.put(key, condition);
        metrics.found(key.name(), condition);
        if (!ApiService.remote(object)) {
            return Requeue.NEVER;
        }
        return Requeue.after(condition.text("status").equals("True") ? AGAIN : SOON);
    }

    /// Two servers may say the same in other words, as when each has its own way to the nodes; they would write one
    /// after the other without end.
    private boolean news(Key key, Struct before, Struct now) {
        return !before.text("status").equals(now.text("status")) || !before.text("reason").equals(now.text("reason"))
                || !now.equals(told.get(key));
    }

    private static Struct missing(String reason, String message) {
        return Conditions.of(ApiService.AVAILABLE, false, reason, message);
    }

    private Struct condition(ApiService s) {
        String service = "service/" + s.server().service();
        String in = " in \"" + s.server().namespace() + "\"";
        Optional<Obj> found = api.find(SERVICES, s.service());
        if (found.isEmpty()) {
            return missing("ServiceNotFound", service + in + " is not present");
        }
        Struct spec = found.get().spec();
        if (spec.text("type", "ClusterIP").equals("ClusterIP")) {
            Optional<Struct> port = spec.seq("ports").structs().stream()
                    .filter(p -> p.whole("port", 0) == s.server().port()).findFirst();
            if (port.isEmpty()) {
                return missing("ServicePortError",
                        service + in + " is not listening on port " + s.server().port());
            }
            List<Obj> slices = api.list(SLICES, Query.in(s.server().namespace()).labelled(
                    Selector.ofLabels(Map.of("kubernetes.io/service-name", s.server().service())))).items();
            if (slices.isEmpty()) {
                return missing("EndpointsNotFound", "cannot find endpointslices for " + service + in);
            }
            String name = port.get().text("name");
            if (slices.stream().noneMatch(slice -> ready(slice, name))) {
                return missing("MissingEndpoints", "endpointslices for " + service + in
                        + " have no addresses with port name \"" + name + "\"");
            }
        }
        return asked(s);
    }

    private static boolean ready(Obj slice, String port) {
        return slice.tree().seq("ports").structs().stream().anyMatch(p -> p.text("name").equals(port))
                && slice.tree().seq("endpoints").structs().stream()
                        .anyMatch(e -> e.struct("conditions").flag("ready", true));
    }

    private Struct asked(ApiService s) {
        String path = "/apis/" + s.groupVersion();
        String where = "https://" + BackendDialer.host(s) + ":" + s.server().port() + path;
        try {
            learn(s, attempts.ask(s, path, where));
            return Conditions.of(ApiService.AVAILABLE, true, "Passed", "all checks passed");
        } catch (IOException e) {
            return missing("FailedDiscoveryCheck",
                    "failing or missing response from " + where + ": " + e.getMessage());
        }
    }

    /// What was found, for `/metrics`.
    AvailabilityMetrics metrics() {
        return metrics;
    }

    /// Ends the checks under way; nothing is written any more about any server.
    @Override
    public void close() {
        closed = true;
        attempts.close();
    }

    /// What cannot be understood is left out of discovery; the server serves all the same.
    private void learn(ApiService s, byte[] body) {
        try {
            table.described(s.name(), ResourceLists.aggregated(Json.object(body), s.group(), s.version()));
        } catch (RuntimeException garbage) {
            System.getLogger("io.k3j.aggregator").log(System.Logger.Level.DEBUG,
                    "Discovery of an API server not understood name={0} error={1}", s.name(), garbage.getMessage());
        }
    }
}
