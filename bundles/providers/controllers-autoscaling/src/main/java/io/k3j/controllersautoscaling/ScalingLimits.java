package io.k3j.controllersautoscaling;

import io.k3j.apimachinery.Quantity;
import io.k3j.controllerkit.Conditions;
import io.k3j.model.Struct;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Bounds what metrics want: by what was recommended lately, by how fast the target may grow and shrink, by its least
/// and most replicas:
/// <https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#configurable-scaling-behavior>.
///
/// @param behavior `spec.behavior`; empty for the rules from before there was any
/// @param history of this autoscaler
/// @param now on the monotonic clock
/// @param current replicas
/// @param least `minReplicas`
/// @param most `maxReplicas`
/// @param stabilization before there are fewer replicas, where the behavior says nothing
record ScalingLimits(Struct behavior, History history, Instant now, long current, long least, long most,
        Duration stabilization) {
    private static final long LEAST_GROWTH = 4;
    private static final double PERCENT = 100;

    /// A bounded number, and the conditions that say why.
    ///
    /// @param conditions `AbleToScale` and `ScalingLimited`
    record Bounded(long replicas, List<Struct> conditions) {
    }

    /// How far metrics may be from their targets.
    ///
    /// @param otherwise where the behavior says nothing
    static ReplicaCalculator.Tolerance tolerance(Struct behavior, ReplicaCalculator.Tolerance otherwise) {
        return new ReplicaCalculator.Tolerance(tolerance(behavior, "scaleDown", otherwise.down()),
                tolerance(behavior, "scaleUp", otherwise.up()));
    }

    private static double tolerance(Struct behavior, String direction, double otherwise) {
        Struct rules = behavior.struct(direction);
        return rules.has("tolerance") ? Quantity.of(rules.get("tolerance")).amount().doubleValue() : otherwise;
    }

    /// Bounds a number and notes it.
    Bounded bound(long desired) {
        List<Struct> conditions = new ArrayList<>();
        long stable = behavior.isEmpty() ? history.highest(now, stabilization, desired) : stable(desired);
        history.recommend(now, desired);
        boolean up = desired >= current && !behavior.isEmpty();
        conditions.add(stable == desired
                ? condition("AbleToScale", true, "ReadyForNewScale", "recommended size matches current size")
                : up ? condition("AbleToScale", true, "ScaleUpStabilized",
                        "recent recommendations were lower than current one, applying the lowest recent recommendation")
                        : condition("AbleToScale", true, "ScaleDownStabilized",
                                "recent recommendations were higher than current one, applying the highest recent "
                                        + "recommendation"));
        Struct limited = behavior.isEmpty() ? plain(stable) : paced(stable);
        conditions.add(limited.without("replicas"));
        return new Bounded(limited.whole("replicas", stable), conditions);
    }

    private long stable(long desired) {
        long low = history.lowest(now, window("scaleUp", Duration.ZERO), desired);
        long high = history.highest(now, window("scaleDown", stabilization), desired);
        return Math.min(Math.max(current, low), high);
    }

    private Duration window(String direction, Duration otherwise) {
        return Duration.ofSeconds(behavior.struct(direction).whole("stabilizationWindowSeconds",
                otherwise.toSeconds()));
    }

    private Struct plain(long wanted) {
        long fastest = Math.max(2 * current, LEAST_GROWTH);
        if (wanted < least) {
            return limited(least, "TooFewReplicas", "the desired replica count is less than the minimum replica count");
        }
        if (wanted > Math.min(most, fastest)) {
            return tooMany(fastest);
        }
        return within(wanted);
    }

    private Struct tooMany(long fastest) {
        return most > fastest
                ? limited(fastest, "ScaleUpLimit",
                        "the desired replica count is increasing faster than the maximum scale rate")
                : limited(most, "TooManyReplicas", "the desired replica count is more than the maximum replica count");
    }

    private Struct paced(long wanted) {
        if (wanted > current) {
            long fastest = Math.max(current, pace(behavior.struct("scaleUp"), true));
            return wanted > Math.min(most, fastest) ? tooMany(fastest) : within(wanted);
        }
        if (wanted < current) {
            long lowest = Math.min(current, pace(behavior.struct("scaleDown"), false));
            if (wanted < Math.max(least, lowest)) {
                return least < lowest
                        ? limited(lowest, "ScaleDownLimit",
                                "the desired replica count is decreasing faster than the maximum scale rate")
                        : limited(least, "TooFewReplicas",
                                "the desired replica count is less than the minimum replica count");
            }
        }
        return within(wanted);
    }

    /// The most (or fewest) replicas that the policies of a direction allow now.
    private long pace(Struct rules, boolean up) {
        String select = rules.text("selectPolicy", "Max");
        if (select.equals("Disabled")) {
            return current;
        }
        boolean highest = select.equals("Min") != up;
        return rules.seq("policies").structs().stream().mapToLong(p -> allowed(p, up))
                .reduce(highest ? Math::max : Math::min).orElse(current);
    }

    private long allowed(Struct policy, boolean up) {
        long value = up ? policy.whole("value", 0) : -policy.whole("value", 0);
        long before = current - history.change(now, Duration.ofSeconds(policy.whole("periodSeconds", 0)));
        if (policy.text("type").equals("Pods")) {
            return before + value;
        }
        double exact = before * (1 + value / PERCENT);
        return up ? Sums.replicas(exact) : (long) exact;
    }

    private static Struct within(long replicas) {
        return condition("ScalingLimited", false, "DesiredWithinRange",
                "the desired count is within the acceptable range").with("replicas", replicas);
    }

    private static Struct limited(long replicas, String reason, String message) {
        return condition("ScalingLimited", true, reason, message).with("replicas", replicas);
    }

    private static Struct condition(String type, boolean holds, String reason, String message) {
        return Conditions.of(type, holds, reason, message);
    }
}
