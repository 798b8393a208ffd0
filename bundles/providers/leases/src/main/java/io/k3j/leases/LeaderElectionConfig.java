package io.k3j.leases;

import io.k3j.controllerkit.LeaseHold.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The parsed `leader-elect…` arguments of the components that share the election. See
/// <https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/>. Where
/// components are given different values, the controller manager's count, then the scheduler's.
///
/// @param elect whether there is an election at all
/// @param timing its durations
record LeaderElectionConfig(boolean elect, Timing timing) {
    private static final String PREFIX = "leader-elect";

    /// Parses the settings.
    /// @throws IllegalArgumentException naming every invalid argument
    static LeaderElectionConfig of(LeaderElectionSettings settings) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String[] args : List.of(settings.kubeControllerManagerArg(), settings.kubeSchedulerArg(),
                settings.kubeCloudControllerManagerArg())) {
            for (String arg : args) {
                int eq = arg.indexOf('=');
                String name = eq < 0 ? arg : arg.substring(0, eq);
                if (name.startsWith(PREFIX)) {
                    given.putIfAbsent(name, eq < 0 ? "true" : arg.substring(eq + 1));
                }
            }
        }
        return of(given);
    }

    private static LeaderElectionConfig of(Map<String, String> given) {
        List<String> problems = new ArrayList<>();
        Timing timing = new Timing(duration(given, "lease-duration", 3_000, problems),
                duration(given, "renew-deadline", 2_000, problems), duration(given, "retry-period", 500, problems));
        if (timing.lease().compareTo(timing.renewDeadline()) <= 0) {
            problems.add("leader-elect-lease-duration must be greater than leader-elect-renew-deadline");
        }
        if (timing.renewDeadline().compareTo(timing.retry()) <= 0) {
            problems.add("leader-elect-renew-deadline must be greater than leader-elect-retry-period");
        }
        if (timing.lease().toMillis() < 1_000 || timing.lease().toMillis() % 1_000 != 0) {
            problems.add("leader-elect-lease-duration must be whole seconds, as 15s");
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("--kube-controller-manager-arg: " + String.join("; ", problems));
        }
        return new LeaderElectionConfig(!given.getOrDefault(PREFIX, "true").equals("false"), timing);
    }

    private static Duration duration(Map<String, String> given, String name, long millis, List<String> problems) {
        String text = given.get(PREFIX + "-" + name);
        if (text == null) {
            return Duration.ofMillis(millis);
        }
        try {
            return parseDuration(text);
        } catch (RuntimeException e) {
            problems.add("leader-elect-" + name + "=" + text + " is no duration; try 15s");
            return Duration.ofMillis(millis);
        }
    }

    /// Go's duration format, as far as it is used here: `15s`, `1m30s`, `500ms`, `1.5s`.
    private static Duration parseDuration(String text) {
        Duration all = text.endsWith("ms") ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                : Duration.parse("PT" + text);
        if (!all.isPositive()) {
            throw new IllegalArgumentException("not positive");
        }
        return all;
    }
}
