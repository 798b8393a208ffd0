package io.k3j.controllerscluster;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.ApiResource;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.ControllerContext;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How many pods their controllers declare: those of the workloads by the views, any other by its subresource `scale`.
/// For one thread.
final class DeclaredReplicas {
    private static final int NOT_FOUND = 404;
    private static final String REPLICA_SET = "ReplicaSet";
    private static final String DEPLOYMENT = "Deployment";
    private final Map<String, LiveView> workloads;

    /// @param uid of the controller
    private record Declared(String uid, long replicas) {
    }

    DeclaredReplicas(ControllerContext context) {
        this.workloads = Map.of(REPLICA_SET, context.views().of(BuiltinResources.REPLICA_SETS), DEPLOYMENT,
                context.views().of(BuiltinResources.DEPLOYMENTS), "StatefulSet",
                context.views().of(BuiltinResources.STATEFUL_SETS), "ReplicationController",
                context.views().of(BuiltinResources.REPLICATION_CONTROLLERS));
    }

    /// What the sums are read from, besides the API.
    LiveView[] views() {
        return workloads.values().toArray(LiveView[]::new);
    }

    /// The sum of the replicas of the pods' controllers, each once; pods without a controller do not count.
    ///
    /// @throws ApiFault 404 with upstream's message when a controller has no `scale` or has gone
    long sum(List<Obj> pods, ApiClient api) {
        Map<String, Declared> byController = new HashMap<>();
        for (Obj pod : pods) {
            pod.controller().ifPresent(c -> byController.computeIfAbsent(c.text("uid"), _ -> declared(pod, c, api)));
        }
        Map<String, Long> replicas = new HashMap<>();
        byController.values().forEach(d -> replicas.put(d.uid(), d.replicas()));
        return replicas.values().stream().mapToLong(Long::longValue).sum();
    }

    private Declared declared(Obj pod, Struct controller, ApiClient api) {
        Optional<Obj> owner = workload(pod, controller);
        if (owner.isEmpty()) {
            return scale(pod, controller, api);
        }
        Optional<Obj> deployment = controller.text("kind").equals(REPLICA_SET)
                ? owner.get().controller().filter(c -> c.text("kind").equals(DEPLOYMENT))
                        .flatMap(c -> workload(pod, c))
                : Optional.empty();
        Obj top = deployment.orElse(owner.get());
        return new Declared(top.uid(), top.spec().whole("replicas", 1));
    }

    private Optional<Obj> workload(Obj pod, Struct controller) {
        return Optional.ofNullable(workloads.get(controller.text("kind")))
                .flatMap(v -> v.get(new Key(pod.namespace(), controller.text("name"))))
                .filter(o -> o.uid().equals(controller.text("uid")));
    }

    private static Declared scale(Obj pod, Struct controller, ApiClient api) {
        Gvr resource = resource(controller, api);
        try {
            Struct scale = api.read(resource, new Key(pod.namespace(), controller.text("name")), "scale",
                    Struct.EMPTY);
            if (scale.struct("metadata").text("uid").equals(controller.text("uid"))) {
                return new Declared(controller.text("uid"), scale.struct("spec").whole("replicas", 0));
            }
        } catch (ApiFault fault) {
            if (fault.code() != NOT_FOUND) {
                throw fault;
            }
            // what is said of no object is said of the subresource
            if (fault.details().isEmpty()) {
                throw unknown((resource.group().isEmpty() ? resource.resource() : resource.qualified())
                        + " does not implement the scale subresource");
            }
        }
        throw unknown("found no controllers for pod \"" + pod.name() + "\"");
    }

    private static Gvr resource(Struct controller, ApiClient api) {
        Gvk kind = Gvk.of(controller.text("apiVersion"), controller.text("kind"));
        return api.resources().stream()
                .filter(r -> r.kind().equals(kind.kind()) && r.resource().group().equals(kind.group()))
                .map(ApiResource::resource).findFirst()
                .orElseThrow(() -> unknown("no matches for kind \"" + kind.kind() + "\" in version \""
                        + controller.text("apiVersion") + "\""));
    }

    private static ApiFault unknown(String why) {
        return new ApiFault(NOT_FOUND, "NotFound", why, Struct.EMPTY);
    }
}
