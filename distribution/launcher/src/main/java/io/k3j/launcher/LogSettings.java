package io.k3j.launcher;

import io.k3j.launcher.log.JulConfiguration;
import io.k3j.launcher.log.Log;
import java.io.IOException;

/// Takes the log's settings from a plan.
final class LogSettings {
    private static final String JSON = "logging-format=json";

    private LogSettings() {
    }

    static void apply(LaunchPlan plan) throws IOException {
        System.setProperty("java.util.logging.config.class", JulConfiguration.class.getName());
        Log.configure(new Log.Settings(plan.flag("debug"), plan.text("v", "0"), plan.text("vmodule", ""),
                plan.text("log", ""), plan.flag("alsologtostderr"), json(plan)));
    }

    /// K3s has no flag of its own for it; Kubernetes' components have `--logging-format`, so any of them
    /// asking for JSON gives it to the whole process, which has one log.
    private static boolean json(LaunchPlan plan) {
        for (String key : new String[] {"kubeApiserverArg", "kubeControllerManagerArg", "kubeSchedulerArg",
                "kubeletArg", "kubeProxyArg"}) {
            if (plan.settings().get(key) instanceof String[] arguments) {
                for (String argument : arguments) {
                    if (argument.endsWith(JSON)) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
