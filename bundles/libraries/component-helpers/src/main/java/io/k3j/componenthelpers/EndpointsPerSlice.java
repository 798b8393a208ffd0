package io.k3j.componenthelpers;

import java.util.Optional;
import java.util.function.Function;

/// How many endpoints an EndpointSlice has at most, by `max-endpoints-per-slice` of kube-controller-manager
/// (<https://kubernetes.io/docs/reference/command-line-tools-reference/kube-controller-manager/>). Pure.
public final class EndpointsPerSlice {
    /// Upstream's default.
    public static final int DEFAULT = 100;
    private static final String NAME = "max-endpoints-per-slice";
    private static final String FLAG = "--kube-controller-manager-arg=" + NAME;
    /// What the API takes.
    private static final int MOST = 1_000;

    private EndpointsPerSlice() {
    }

    /// The number that is asked for.
    ///
    /// @param given the value of an argument
    /// @throws IllegalArgumentException for what is no number from 1 to 1 000; the message says what to type
    public static int of(Function<String, Optional<String>> given) {
        String value = given.apply(NAME).orElse(Integer.toString(DEFAULT));
        long number = number(value);
        if (number < 1) {
            throw new IllegalArgumentException(FLAG + " must not be less than 1, but got " + value + hint());
        }
        if (number > MOST) {
            throw new IllegalArgumentException(FLAG + " must not be more than " + MOST + ", but got " + value + hint());
        }
        return (int) number;
    }

    private static long number(String value) {
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(FLAG + "=" + value + " must be a whole number" + hint(), e);
        }
    }

    private static String hint() {
        return "; try " + FLAG + "=" + DEFAULT;
    }
}
