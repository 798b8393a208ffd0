package io.k3j.metricsserver;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.Times;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Optional;

/// The APIService `v1beta1.metrics.k8s.io`, by which people and programs see that the group is served. It names no
/// Service: the API server itself serves the group, which upstream calls `Local`. One that somebody else has made stays
/// as it is.
final class ApiServiceObject {
    /// What is done in the server's name.
    static final String SUPERVISOR = "system:k3s-supervisor";
    private static final Gvr API_SERVICES = Gvr.of("apiregistration.k8s.io/v1", "apiservices");
    private static final Key KEY = Key.of("v1beta1.metrics.k8s.io");
    private static final String MANAGED = "kube-aggregator.kubernetes.io/automanaged";
    private static final int PRIORITY = 100;

    private ApiServiceObject() {
    }

    /// Creates it, and says of ours that it is available. No write when it is there.
    /// @throws ApiFault when it cannot
    static void keep(ApiClient api, Instant now) {
        Optional<Obj> found = api.find(API_SERVICES, KEY);
        Obj there = found.isPresent() ? found.get()
                : api.create(API_SERVICES, Obj.of(wanted()), WriteOptions.PLAIN.by("metrics-server"));
        if (ours(there) && there.status().seq("conditions").isEmpty()) {
            Struct available = Struct.of("type", "Available", "status", "True", "lastTransitionTime",
                    Times.seconds(now), "reason", "Local", "message", "Local APIServices are always available");
            api.update(API_SERVICES, there.with(Struct.of("conditions", Seq.of(available)), "status"),
                    WriteOptions.STATUS);
        }
    }

    /// Deletes ours.
    static void withdraw(ApiClient api) {
        if (api.find(API_SERVICES, KEY).filter(ApiServiceObject::ours).isPresent()) {
            try {
                api.delete(API_SERVICES, KEY, DeleteOptions.PLAIN);
            } catch (ApiFault e) {
                if (e.code() != 404) {
                    throw e;
                }
            }
        }
    }

    private static boolean ours(Obj there) {
        return there.labels().containsKey(MANAGED) && !there.spec().has("service");
    }

    private static Struct wanted() {
        return Struct.of("apiVersion", "apiregistration.k8s.io/v1", "kind", "APIService", "metadata",
                Struct.of("name", KEY.name(), "labels", Struct.of(MANAGED, "onstart", "k8s-app", "metrics-server")),
                "spec", Struct.of("group", "metrics.k8s.io", "version", "v1beta1", "groupPriorityMinimum", PRIORITY,
                        "versionPriority", PRIORITY));
    }
}
