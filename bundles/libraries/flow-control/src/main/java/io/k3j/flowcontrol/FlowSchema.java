package io.k3j.flowcontrol;

import io.k3j.apiserverapi.Caller;
import io.k3j.flowcontrol.Seats.Lane;
import io.k3j.model.Gvr;
import java.util.Locale;
import java.util.Set;

/// The flow schemas upstream begins with, in the order in which they are tried, each with its priority level. See
/// <https://kubernetes.io/docs/concepts/cluster-administration/flow-control/#defaults>.
public enum FlowSchema {
    /// Administrators.
    EXEMPT("exempt", Lane.EXEMPT),
    /// Health checks, no matter who asks.
    PROBES("exempt", Lane.PROBES),
    /// Elections of the control plane.
    SYSTEM_LEADER_ELECTION("leader-election", Lane.SYSTEM),
    /// The endpoints controller.
    ENDPOINT_CONTROLLER("workload-high", Lane.WORKLOAD),
    /// Elections of what runs in `kube-system`.
    WORKLOAD_LEADER_ELECTION("leader-election", Lane.SYSTEM),
    /// Nodes' reports that they are alive.
    SYSTEM_NODE_HIGH("node-high", Lane.SYSTEM),
    /// Everything else of nodes.
    SYSTEM_NODES("system", Lane.SYSTEM),
    /// Controllers.
    KUBE_CONTROLLER_MANAGER("workload-high", Lane.WORKLOAD),
    /// The scheduler.
    KUBE_SCHEDULER("workload-high", Lane.WORKLOAD),
    /// What runs in `kube-system`.
    KUBE_SYSTEM_SERVICE_ACCOUNTS("workload-high", Lane.WORKLOAD),
    /// What runs elsewhere.
    SERVICE_ACCOUNTS("workload-low", Lane.WORKLOAD),
    /// Everybody else, known or anonymous.
    GLOBAL_DEFAULT("global-default", Lane.WORKLOAD),
    /// Who is in neither group of all known and all anonymous callers: no request from outside.
    CATCH_ALL("catch-all", Lane.WORKLOAD);

    private static final String MANAGER = "system:kube-controller-manager";
    private static final String SCHEDULER = "system:kube-scheduler";
    private static final String KUBE_SYSTEM = "system:serviceaccounts:kube-system";
    private static final Set<String> HEALTH = Set.of("/healthz", "/livez", "/readyz");
    private static final Set<String> RENEWING = Set.of("get", "create", "update");
    private final String level;
    private final Lane lane;

    FlowSchema(String level, Lane lane) {
        this.level = level;
        this.lane = lane;
    }

    /// The object's name.
    String schema() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// The name of its priority level.
    String level() {
        return level;
    }

    /// Whose seats it uses.
    Lane lane() {
        return lane;
    }

    /// The first that matches.
    /// @param resource what the path names, with empty parts where it names none
    /// @param path as it was sent
    public static FlowSchema of(Caller caller, String verb, Gvr resource, String path) {
        if (caller.in("system:masters")) {
            return EXEMPT;
        }
        if (verb.equals("get") && HEALTH.contains(path)) {
            return PROBES;
        }
        if (caller.in("system:nodes")) {
            return node(resource);
        }
        boolean election = RENEWING.contains(verb) && leases(resource);
        boolean controlPlane = caller.user().equals(MANAGER) || caller.user().equals(SCHEDULER);
        if (election && controlPlane) {
            return SYSTEM_LEADER_ELECTION;
        }
        if (controlPlane) {
            return caller.user().equals(MANAGER) ? KUBE_CONTROLLER_MANAGER : KUBE_SCHEDULER;
        }
        if (caller.in(KUBE_SYSTEM)) {
            return election ? WORKLOAD_LEADER_ELECTION
                    : caller.user().endsWith(":endpoint-controller") ? ENDPOINT_CONTROLLER
                            : KUBE_SYSTEM_SERVICE_ACCOUNTS;
        }
        return caller.in("system:serviceaccounts") ? SERVICE_ACCOUNTS
                : caller.in("system:authenticated") || caller.in("system:unauthenticated") ? GLOBAL_DEFAULT
                        : CATCH_ALL;
    }

    private static FlowSchema node(Gvr resource) {
        boolean alive = leases(resource) || resource.group().isEmpty() && resource.resource().equals("nodes");
        return alive ? SYSTEM_NODE_HIGH : SYSTEM_NODES;
    }

    private static boolean leases(Gvr resource) {
        return resource.group().equals("coordination.k8s.io") && resource.resource().equals("leases");
    }
}
