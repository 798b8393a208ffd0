package io.k3j.kubeletconfig;

import io.k3j.apimachinery.GoDuration;
import io.k3j.model.Obj;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How long pods have to end when the machine is shut down, by their priority, the least important first: the fields
/// `shutdownGracePeriod`, `shutdownGracePeriodCriticalPods` and `shutdownGracePeriodByPodPriority` of a
/// `KubeletConfiguration`. Pure. See
/// <https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown>.
///
/// @param periods by rising priority; empty where nothing is waited for
public record ShutdownGracePeriods(List<Period> periods) {
    /// Upstream's `SystemCriticalPriority`.
    private static final long CRITICAL = 2_000_000_000L;
    private static final String ALL = "shutdown-grace-period";
    private static final String CRITICAL_PODS = "shutdown-grace-period-critical-pods";
    private static final String BY_PRIORITY = "shutdown-grace-period-by-pod-priority";

    /// How long pods of a priority have.
    ///
    /// @param priority from here up to that of the next period
    public record Period(long priority, Duration grace) {
    }

    /// Pods that end together.
    ///
    /// @param grace how long they have
    public record Group(Duration grace, List<Obj> pods) {
        /// Copies the list.
        public Group {
            pods = List.copyOf(pods);
        }
    }

    /// Sorts the periods.
    public ShutdownGracePeriods {
        periods = periods.stream().sorted(Comparator.comparingLong(Period::priority)).toList();
    }

    /// Reads what files have become arguments of; flags of these names there are none.
    ///
    /// @param arguments values by name, without dashes
    /// @throws IllegalArgumentException in upstream's words, naming the field
    public static ShutdownGracePeriods of(Map<String, String> arguments) {
        Duration all = duration(arguments, ALL, "shutdownGracePeriod");
        Duration critical = duration(arguments, CRITICAL_PODS, "shutdownGracePeriodCriticalPods");
        if (critical.compareTo(all) > 0) {
            throw new IllegalArgumentException("invalid configuration: shutdownGracePeriodCriticalPods "
                    + arguments.get(CRITICAL_PODS) + " must be <= shutdownGracePeriod "
                    + arguments.getOrDefault(ALL, "0s"));
        }
        List<Period> periods = byPriority(arguments.getOrDefault(BY_PRIORITY, ""));
        if (!periods.isEmpty() && !all.isZero()) {
            throw new IllegalArgumentException("invalid configuration: Cannot specify both "
                    + "shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same time; leave one out");
        }
        if (periods.isEmpty() && !all.isZero()) {
            periods = List.of(new Period(0, all.minus(critical)), new Period(CRITICAL, critical));
        }
        return new ShutdownGracePeriods(periods);
    }

    /// Looks whether arguments can be read, as `name=value`; of several of one name the last counts.
    ///
    /// @throws IllegalArgumentException as [#of]
    public static void check(Collection<String> arguments) {
        Map<String, String> byName = new HashMap<>();
        for (String argument : arguments) {
            int eq = argument.indexOf('=');
            if (eq > 0) {
                byName.put(argument.substring(0, eq), argument.substring(eq + 1));
            }
        }
        of(byName);
    }

    private static Duration duration(Map<String, String> arguments, String name, String field) {
        String text = arguments.getOrDefault(name, "0s");
        Duration duration = GoDuration.parse(text);
        if (duration.isNegative() || duration.isPositive() && duration.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("invalid configuration: " + field + " " + text
                    + " must be either zero or otherwise >= 1 sec");
        }
        return duration;
    }

    private static List<Period> byPriority(String text) {
        List<Period> all = new ArrayList<>();
        for (String pair : text.split(",")) {
            int eq = pair.indexOf('=');
            if (eq > 0) {
                long seconds = Long.parseLong(pair.substring(eq + 1));
                if (seconds < 0) {
                    throw new IllegalArgumentException("invalid configuration: shutdownGracePeriodSeconds " + seconds
                            + " of shutdownGracePeriodByPodPriority must not be negative");
                }
                all.add(new Period(Long.parseLong(pair.substring(0, eq)), Duration.ofSeconds(seconds)));
            }
        }
        return all;
    }

    /// Whether a shutdown waits for pods.
    public boolean enabled() {
        return !total().isZero();
    }

    /// How long it waits altogether.
    public Duration total() {
        return periods.stream().map(Period::grace).reduce(Duration.ZERO, Duration::plus);
    }

    /// Which pods end together, in their order. One of less than the least priority belongs to the first group, one
    /// between two to the lower.
    public List<Group> groups(Collection<Obj> pods) {
        List<Group> all = new ArrayList<>();
        for (int i = 0; i < periods.size(); i++) {
            long from = i == 0 ? Long.MIN_VALUE : periods.get(i).priority();
            long to = i + 1 == periods.size() ? Long.MAX_VALUE : periods.get(i + 1).priority();
            List<Obj> some = pods.stream().filter(p -> priority(p) >= from && priority(p) < to).toList();
            if (!some.isEmpty()) {
                all.add(new Group(periods.get(i).grace(), some));
            }
        }
        return all;
    }

    private static long priority(Obj pod) {
        return pod.spec().whole("priority", 0);
    }
}
