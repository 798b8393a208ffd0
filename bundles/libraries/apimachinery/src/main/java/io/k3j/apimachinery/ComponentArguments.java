package io.k3j.apimachinery;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The arguments of one component, as `--kube-apiserver-arg` and its like hand them on: `name=value`. Of an argument
/// that is given several times the last value counts; one without a value is `true`, as upstream's flags. A value; any
/// thread.
///
/// @param flag where they come from, as `--kube-apiserver-arg`, for messages
/// @param all in the order in which they were given
public record ComponentArguments(String flag, List<String> all) {
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "True", "TRUE");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "False", "FALSE");

    /// Copies the list.
    public ComponentArguments {
        all = List.copyOf(all);
    }

    /// The arguments of a component.
    public static ComponentArguments of(String flag, String... arguments) {
        return new ComponentArguments(flag, Arrays.asList(arguments));
    }

    /// All values of one argument, in their order.
    public List<String> values(String name) {
        return all.stream().filter(a -> a.equals(name) || a.startsWith(name + "="))
                .map(a -> a.length() == name.length() ? "true" : a.substring(name.length() + 1)).toList();
    }

    /// The value that counts.
    public Optional<String> value(String name) {
        List<String> values = values(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    /// A whole number.
    ///
    /// @param otherwise what counts where the argument is not given, and what the message suggests
    /// @throws IllegalArgumentException for anything else, and below `least`; the message says what to type
    public long whole(String name, long otherwise, long least) {
        Optional<String> given = value(name);
        try {
            long number = given.isEmpty() ? otherwise : Long.parseLong(given.get());
            if (number >= least) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw wrong(name, "a whole number" + (least == Long.MIN_VALUE ? "" : " of at least " + least), otherwise);
    }

    /// A number that may have a point, not below zero.
    ///
    /// @param otherwise what counts where the argument is not given, and what the message suggests
    /// @throws IllegalArgumentException for anything else; the message says what to type
    public double number(String name, double otherwise) {
        Optional<String> given = value(name);
        try {
            double number = given.isEmpty() ? otherwise : Double.parseDouble(given.get());
            if (number >= 0 && number < Double.POSITIVE_INFINITY) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw wrong(name, "a number such as 0.5, not below zero", otherwise);
    }

    /// A duration in Go's form, longer than zero.
    ///
    /// @param otherwise what counts where the argument is not given
    /// @param example of it, for the message
    /// @throws IllegalArgumentException for anything else; the message says what to type
    public Duration duration(String name, Duration otherwise, String example) {
        return value(name).isEmpty() ? otherwise : read(name).filter(Duration::isPositive)
                .orElseThrow(() -> wrong(name, "a duration longer than zero", example));
    }

    /// A duration in Go's form, or zero.
    ///
    /// @param otherwise what counts where the argument is not given
    /// @param example of it, for the message
    /// @throws IllegalArgumentException for anything else; the message says what to type
    public Duration durationOrZero(String name, Duration otherwise, String example) {
        return value(name).isEmpty() ? otherwise : read(name).filter(d -> !d.isNegative())
                .orElseThrow(() -> wrong(name, "a duration, not below zero", example));
    }

    private Optional<Duration> read(String name) {
        try {
            return value(name).map(GoDuration::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// A truth value, as Go reads it.
    ///
    /// @param otherwise what counts where the argument is not given
    /// @throws IllegalArgumentException for anything else; the message says what to type
    public boolean truth(String name, boolean otherwise) {
        String given = value(name).orElse(Boolean.toString(otherwise));
        if (TRUE.contains(given) || FALSE.contains(given)) {
            return TRUE.contains(given);
        }
        throw wrong(name, "true or false", otherwise);
    }

    private IllegalArgumentException wrong(String name, String wanted, Object example) {
        return new IllegalArgumentException(flag + "=" + name + "=" + value(name).orElse("") + " must be " + wanted
                + "; try " + flag + "=" + name + "=" + example);
    }
}
