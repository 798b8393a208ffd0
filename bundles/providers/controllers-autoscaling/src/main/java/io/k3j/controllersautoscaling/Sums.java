package io.k3j.controllersautoscaling;

import java.util.Collection;

/// Sums that end at the largest number instead of turning negative: what is summed was said by others. Pure.
final class Sums {
    private Sums() {
    }

    static long of(Collection<Long> numbers) {
        long sum = 0;
        for (long n : numbers) {
            long next = sum + n;
            sum = n > 0 && next < sum ? Long.MAX_VALUE : n < 0 && next > sum ? Long.MIN_VALUE : next;
        }
        return sum;
    }

    /// A number of replicas.
    static long replicas(double exact) {
        return (long) Math.min(Integer.MAX_VALUE, Math.ceil(exact));
    }
}
