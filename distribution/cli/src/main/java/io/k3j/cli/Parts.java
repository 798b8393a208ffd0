package io.k3j.cli;

import java.util.List;
import java.util.Map;

/// What a server leaves out of the control plane while it keeps the API server.
final class Parts {
    private static final String WHY = ": scheduler and controllers run on whichever server leads; give this flag to"
            + " every server with an API server, or ";

    private Parts() {
    }

    /// Warns of what is missing in the cluster while this one of several servers leads.
    static void warn(Map<String, Object> settings, List<String> warnings) {
        String endpoint = String.valueOf(settings.getOrDefault("datastoreEndpoint", ""));
        boolean several = on(settings, "etcd") || !endpoint.isEmpty() && !endpoint.startsWith("sqlite:");
        if (!several || on(settings, "disableApiserver")) {
            return;
        }
        if (on(settings, "disableScheduler")) {
            warnings.add("--disable-scheduler" + WHY + "nothing is scheduled while this one leads");
        }
        if (on(settings, "disableControllerManager")) {
            warnings.add("--disable-controller-manager" + WHY + "no controller runs while this one leads");
        }
    }

    private static boolean on(Map<String, Object> settings, String key) {
        return Boolean.TRUE.equals(settings.get(key));
    }
}
