package io.k3j.cli;

import io.k3j.launcher.ConsoleProgress;
import io.k3j.launcher.LaunchPlan;
import io.k3j.launcher.Server;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/// The command `k3s`.
public final class Main {
    private Main() {
    }

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] arguments) {
        Map<String, Object> settings = new HashMap<>();
        Set<String> disabled = new LinkedHashSet<>();
        for (int i = 1; i + 1 < arguments.length; i += 2) {
            String name = arguments[i].substring(2);
            if (name.equals("disable")) {
                disabled.addAll(Set.of(arguments[i + 1].split(",")));
            } else {
                settings.put(camel(name), arguments[i + 1]);
            }
        }
        Path dataDir = Path.of(settings.getOrDefault("dataDir", "/var/lib/rancher/k3s").toString());
        LaunchPlan plan = new LaunchPlan(arguments[0], dataDir, settings, disabled, Map.of());
        System.exit(Server.run(plan, ConsoleProgress.of(System.out)));
    }

    private static String camel(String flag) {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < flag.length(); i++) {
            char c = flag.charAt(i);
            name.append(c == '-' ? Character.toUpperCase(flag.charAt(++i)) : c);
        }
        return name.toString();
    }
}
