package io.k3j.flowcontrol;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The flow schemas and priority levels every cluster begins with, by the values of upstream's
/// `apis/flowcontrol/bootstrap` of 1.36
/// (<https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#defaults>). The mandatory ones, `exempt`
/// and `catch-all`, are always in force; the suggested ones are the cluster's own once they are made.
public final class BootstrapConfiguration {
    /// Says whether the API server may set the spec of an object anew: `true` or `false`.
    public static final String AUTO_UPDATE = "apf.kubernetes.io/autoupdate-spec";
    private static final String VERSION = "flowcontrol.apiserver.k8s.io/v1";
    private static final String EXEMPT = "exempt";
    private static final String CATCH_ALL = "catch-all";
    private static final String ELECTION = "leader-election";
    private static final String HIGH = "workload-high";
    private static final String DEFAULT = "global-default";
    private static final String BY_USER = "ByUser";
    private static final String BY_NAMESPACE = "ByNamespace";
    private static final List<String> ALL = List.of("*");
    private static final List<String> RENEWING = List.of("get", "create", "update");
    private static final Seq EVERYBODY = groups("system:unauthenticated", "system:authenticated");
    private static final Struct MANAGER = user("system:kube-controller-manager");
    private static final Struct SCHEDULER = user("system:kube-scheduler");
    private static final Struct KUBE_SYSTEM = Struct.of("kind", "ServiceAccount", "serviceAccount",
            Struct.of("name", "*", "namespace", "kube-system"));
    private static final Struct EVERYTHING = resources(ALL, ALL, ALL, true);
    private static final Struct LEASES = resources(RENEWING, List.of("coordination.k8s.io"), List.of("leases"), false);

    private BootstrapConfiguration() {
    }

    /// Whether an object must be as it is here.
    public static boolean mandatory(String name) {
        return Set.of(EXEMPT, CATCH_ALL).contains(name);
    }

    /// The flow schema of that name whose spec is fixed; null for others.
    public static @Nullable Struct mandatorySchema(String name) {
        return mandatory(name) ? named(schemas(), name) : null;
    }

    /// The priority level of that name whose spec is fixed, but for `exempt` in it; null for others.
    public static @Nullable Struct mandatoryLevel(String name) {
        return mandatory(name) ? named(levels(), name) : null;
    }

    private static Struct named(List<Struct> objects, String name) {
        return objects.stream().filter(o -> o.struct("metadata").text("name").equals(name)).findFirst().orElseThrow();
    }

    /// All priority levels, mandatory ones last.
    public static List<Struct> levels() {
        return List.of(queued("system", 30, 33, 64), queued("node-high", 40, 25, 64), queued(ELECTION, 10, 0, 16),
                queued(HIGH, 40, 50, 128), queued("workload-low", 100, 90, 128), queued(DEFAULT, 20, 50, 128),
                level(CATCH_ALL, Struct.of("limited", Struct.of("lendablePercent", 0, "limitResponse",
                        Struct.of("type", "Reject"), "nominalConcurrencyShares", 5), "type", "Limited")),
                level(EXEMPT, Struct.of(EXEMPT, Struct.of("lendablePercent", 0, "nominalConcurrencyShares", 0), "type",
                        "Exempt")));
    }

    /// All flow schemas, mandatory ones last and `catch-all` the very last: who sees it has seen the others.
    public static List<Struct> schemas() {
        Seq nodes = groups("system:nodes");
        return List.of(
                schema("system-nodes", "system", 500, BY_USER, everything(nodes)),
                schema("system-node-high", "node-high", 400, BY_USER, rules(nodes, List.of(
                        resources(ALL, List.of(""), List.of("nodes", "nodes/status"), true),
                        resources(ALL, List.of("coordination.k8s.io"), List.of("leases"), false)))),
                schema("probes", EXEMPT, 2, "", Struct.of("nonResourceRules",
                        List.of(paths(List.of("get"), List.of("/healthz", "/readyz", "/livez"))), "subjects",
                        EVERYBODY)),
                schema("system-leader-election", ELECTION, 100, BY_USER,
                        rules(subjects(MANAGER, SCHEDULER, KUBE_SYSTEM), List.of(LEASES))),
                schema("kube-controller-manager", HIGH, 800, BY_NAMESPACE, everything(subjects(MANAGER))),
                schema("kube-scheduler", HIGH, 800, BY_NAMESPACE, everything(subjects(SCHEDULER))),
                schema("kube-system-service-accounts", HIGH, 900, BY_NAMESPACE, everything(subjects(KUBE_SYSTEM))),
                schema("service-accounts", "workload-low", 9_000, BY_USER,
                        everything(groups("system:serviceaccounts"))),
                schema(DEFAULT, DEFAULT, 9_900, BY_USER, everything(EVERYBODY)),
                schema(EXEMPT, EXEMPT, 1, "", everything(groups("system:masters"))),
                schema(CATCH_ALL, CATCH_ALL, 10_000, BY_USER, everything(EVERYBODY)));
    }

    private static Struct queued(String name, int shares, int lendable, int queues) {
        int hand = name.equals(ELECTION) ? 4 : 6;
        return level(name, Struct.of("limited", Struct.of("lendablePercent", lendable, "limitResponse",
                Struct.of("queuing", Struct.of("handSize", hand, "queueLengthLimit", 50, "queues", queues), "type",
                        "Queue"),
                "nominalConcurrencyShares", shares), "type", "Limited"));
    }

    private static Struct level(String name, Struct spec) {
        return object("PriorityLevelConfiguration", "prioritylevelconfigurations/", name, spec);
    }

    private static Struct schema(String name, String level, int precedence, String distinguisher, Struct rule) {
        Struct.Builder spec = Struct.builder();
        if (!distinguisher.isEmpty()) {
            spec.put("distinguisherMethod", Struct.of("type", distinguisher));
        }
        return object("FlowSchema", "flowschemas/", name, spec.put("matchingPrecedence", precedence)
                .put("priorityLevelConfiguration", Struct.of("name", level)).put("rules", List.of(rule)).build());
    }

    /// The uid is what answers name while the object is not stored; whoever stores it gives it another one.
    private static Struct object(String kind, String prefix, String name, Struct spec) {
        String uid = UUID.nameUUIDFromBytes(("/registry/" + prefix + name).getBytes(StandardCharsets.UTF_8)).toString();
        return Struct.of("apiVersion", VERSION, "kind", kind, "metadata",
                Struct.of("annotations", Struct.of(AUTO_UPDATE, "true"), "name", name, "uid", uid), "spec", spec);
    }

    private static Struct everything(Seq subjects) {
        return Struct.of("nonResourceRules", List.of(paths(ALL, ALL)), "resourceRules", List.of(EVERYTHING),
                "subjects", subjects);
    }

    private static Struct rules(Seq subjects, List<Struct> resources) {
        return Struct.of("resourceRules", resources, "subjects", subjects);
    }

    private static Struct resources(List<String> verbs, List<String> groups, List<String> resources, boolean cluster) {
        Struct.Builder rule = Struct.builder().put("apiGroups", groups);
        if (cluster) {
            rule.put("clusterScope", true);
        }
        return rule.put("namespaces", ALL).put("resources", resources).put("verbs", verbs).build();
    }

    private static Struct paths(List<String> verbs, List<String> paths) {
        return Struct.of("nonResourceURLs", paths, "verbs", verbs);
    }

    private static Seq subjects(Struct... all) {
        return Seq.copyOf(List.of(all));
    }

    private static Seq groups(String... names) {
        return Seq.copyOf(Arrays.stream(names)
                .map(name -> Struct.of("group", Struct.of("name", name), "kind", "Group")).toList());
    }

    private static Struct user(String name) {
        return Struct.of("kind", "User", "user", Struct.of("name", name));
    }
}
