package io.k3j.secureserving;

import io.k3j.model.Struct;
import java.util.List;

/// A component that has a port of its own, as upstream's binary of that name has.
///
/// @param name of the binary, the port and the Lease
/// @param user as whom the API server is asked; it may create both reviews
/// @param prefix what the names begin with under which its parts report their health
/// @param flag of this server that gives it arguments, without dashes
/// @param port where it listens unless an argument says otherwise
/// @param configz under which name its configuration is on `/configz`
record ServedComponent(String name, String user, String prefix, String flag, int port, String configz) {
    static final ServedComponent SCHEDULER = new ServedComponent("kube-scheduler", "system:kube-scheduler",
            "scheduler", "kube-scheduler-arg", 10259, "componentconfig");
    static final ServedComponent CONTROLLERS = new ServedComponent("kube-controller-manager",
            "system:kube-controller-manager", "controllers-", "kube-controller-manager-arg", 10257,
            "kubecontrollermanager.config.k8s.io");
    private static final List<String> LEASED = List.of("LeaseDuration", "leader-elect-lease-duration", "3s",
            "RenewDeadline", "leader-elect-renew-deadline", "2s", "RetryPeriod", "leader-elect-retry-period", "500ms");

    /// What `/configz` says: what arguments can change, under the names of upstream's internal types, which that path
    /// shows.
    Struct configuration(ServingOptions options) {
        Struct.Builder election = Struct.builder()
                .put("LeaderElect", options.text("leader-elect", "true").equals("true"))
                .put("ResourceLock", "leases").put("ResourceName", name).put("ResourceNamespace", "kube-system");
        for (int i = 0; i < LEASED.size(); i += 3) {
            election.put(LEASED.get(i), options.text(LEASED.get(i + 1), LEASED.get(i + 2)));
        }
        Struct.Builder all = Struct.builder().put("LeaderElection", election.build()).put("EnableProfiling", false);
        return equals(SCHEDULER) ? all.put("PodInitialBackoffSeconds", 1).put("PodMaxBackoffSeconds", 10).build()
                : all.put("TerminatedPodGCThreshold", options.text("terminated-pod-gc-threshold", "12500")).build();
    }
}
