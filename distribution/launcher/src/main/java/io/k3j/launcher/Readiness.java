package io.k3j.launcher;

import io.k3j.componentapi.Phases;
import java.util.HashSet;
import java.util.Set;

/// Which phases a start has to reach before the process says that it is up: the one with which it serves what it is for
/// and, of a server, its ports, without which nobody could ask it.
final class Readiness {
    private final String phase;
    private final Set<String> missing = new HashSet<>();

    Readiness(LaunchPlan plan) {
        phase = of(plan);
        missing.add(phase);
        if (plan.role().equals("server")) {
            missing.add(Phases.SERVER_PORTS_OPEN);
        }
    }

    /// With what the process serves what it is for.
    String phase() {
        return phase;
    }

    private static String of(LaunchPlan plan) {
        if (plan.flag("disableApiserver")) {
            // nothing more may come before others have joined
            return Phases.CLUSTER_AGREED;
        }
        return plan.disabled().contains("agent") ? Phases.APISERVER_READY : Phases.NODE_READY;
    }

    /// Whether nothing is missing any more now that this phase has been reached; says so once.
    synchronized boolean completedBy(String reached) {
        return missing.remove(reached) && missing.isEmpty();
    }
}
