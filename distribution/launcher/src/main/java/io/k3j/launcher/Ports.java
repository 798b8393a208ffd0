package io.k3j.launcher;

/// Which ports a plan asks for.
final class Ports {
    private static final String SERVER = "6443";
    private static final String KUBELET = "10250";

    private Ports() {
    }

    static String server(LaunchPlan plan) {
        return plan.text("httpsListenPort", SERVER);
    }

    /// The kubelet's port has no K3s flag, only the kubelet's own `--kubelet-arg=port=N`.
    static String kubelet(LaunchPlan plan) {
        String port = KUBELET;
        if (plan.settings().get("kubeletArg") instanceof String[] args) {
            for (String arg : args) {
                String name = arg.startsWith("--") ? arg.substring(2) : arg;
                if (name.startsWith("port=")) {
                    port = name.substring("port=".length());
                }
            }
        }
        return port;
    }
}
