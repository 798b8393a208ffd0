package io.k3j.controllersautoscaling;

import java.util.HashMap;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/// How many replicas bring a metric to its target:
/// <https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#algorithm-details>. Pure.
///
/// @param current replicas the target is to have now
/// @param tolerance how far from its target a metric may be
record ReplicaCalculator(long current, Tolerance tolerance) {
    private static final long PERCENT = 100;

    /// How far below and above 1 a ratio may be without consequence.
    record Tolerance(double down, double up) {
        boolean holds(double ratio) {
            return 1 - down <= ratio && ratio <= 1 + up;
        }
    }

    /// A number of replicas, and what was measured.
    ///
    /// @param utilization percent of requests, 0 where that is not measured
    /// @param average of the pods, in thousandths
    record Result(long replicas, long utilization, long average) {
    }

    private record Use(long percent, long average, double ratio) {
    }

    /// By percent of what pods request.
    /// @throws MetricFailure when no pod that is measured requests anything
    Result utilization(PodGroups pods, Map<String, Long> requests, long target) {
        Use use = use(pods.usage(), requests, target);
        long most = Math.max(PERCENT, target);
        return new Result(replicas(pods, false, u -> use(u, requests, target).ratio(),
                name -> percent(requests.getOrDefault(name, 0L), most, PERCENT)), use.percent(), use.average());
    }

    private static Use use(Map<String, Long> usage, Map<String, Long> requests, long target) {
        Map<String, Long> known = new HashMap<>(usage);
        known.keySet().retainAll(requests.keySet());
        long used = Sums.of(known.values());
        long requested = Sums.of(known.keySet().stream().map(requests::get).toList());
        if (requested == 0) {
            throw new MetricFailure("no metrics returned matched known pods");
        }
        long percent = Math.min(Integer.MAX_VALUE, percent(used, PERCENT, requested));
        return new Use(percent, used / known.size(), (double) percent / target);
    }

    /// Whole, as upstream counts; of amounts no machine has, near enough.
    private static long percent(long amount, long factor, long whole) {
        return Math.abs(amount) > Long.MAX_VALUE / Math.max(1, factor) ? amount / whole * factor
                : amount * factor / whole;
    }

    /// By the average of what pods use.
    Result average(PodGroups pods, long target) {
        return new Result(replicas(pods, true, u -> (double) mean(u) / target, name -> target), 0, mean(pods.usage()));
    }

    private static long mean(Map<String, Long> usage) {
        return Sums.of(usage.values()) / usage.size();
    }

    /// By a value that more replicas make smaller.
    /// @param ready how many pods are ready
    Result value(long value, long target, long ready) {
        double ratio = (double) value / target;
        long replicas = current == 0 ? Sums.replicas(ratio)
                : tolerance.holds(ratio) ? current : Sums.replicas(ratio * ready);
        return new Result(replicas, 0, value);
    }

    /// By a value that is shared among the replicas.
    /// @param present replicas there are
    Result shared(long value, long target, long present) {
        double ratio = (double) value / ((double) target * present);
        long replicas = tolerance.holds(ratio) ? present : Sums.replicas((double) value / target);
        return new Result(replicas, 0, present == 0 ? value : (long) Math.ceil((double) value / present));
    }

    /// Pods without figures are taken to use all they may when there would be fewer replicas, and nothing when there
    /// would be more; pods that are not ready yet, nothing when there would be more. So both damp what follows.
    /// @param plain whether pods without figures use nothing also when the ratio is exactly 1
    private long replicas(PodGroups pods, boolean plain, ToDoubleFunction<Map<String, Long>> ratio,
            ToLongFunction<String> all) {
        double first = ratio.applyAsDouble(pods.usage());
        boolean withUnready = !pods.unready().isEmpty() && first > 1;
        if (!withUnready && pods.missing().isEmpty()) {
            return tolerance.holds(first) ? current : Sums.replicas(first * pods.usage().size());
        }
        Map<String, Long> usage = new HashMap<>(pods.usage());
        if (first < 1) {
            pods.missing().forEach(name -> usage.put(name, all.applyAsLong(name)));
        } else if (plain || first > 1) {
            pods.missing().forEach(name -> usage.put(name, 0L));
        }
        if (withUnready) {
            pods.unready().forEach(name -> usage.put(name, 0L));
        }
        double second = ratio.applyAsDouble(usage);
        if (tolerance.holds(second) || first < 1 && second > 1 || first > 1 && second < 1) {
            return current;
        }
        long next = Sums.replicas(second * usage.size());
        return second < 1 && next > current || second > 1 && next < current ? current : next;
    }
}
