package io.k3j.printers;

import io.k3j.apimachinery.HumanDuration;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/// How old things are, as kubectl shows it. Pure.
final class Ages {
    /// What stands for a time that is missing or cannot be read, as upstream's `translateTimestampSince` gives it.
    static final String UNKNOWN = "<unknown>";

    private Ages() {
    }

    /// How long ago a timestamp was, in the units of [HumanDuration].
    ///
    /// @param timestamp RFC 3339, with or without fractions of a second; empty when the field is not set
    /// @param now what the answer counts to; a timestamp after it shows as `0s`, or `<invalid>` from two seconds on
    /// @return [#UNKNOWN] for an empty or damaged timestamp: a bad field of one object must not fail the whole list
    static String since(String timestamp, Instant now) {
        if (timestamp.isEmpty()) {
            return UNKNOWN;
        }
        try {
            return HumanDuration.of(Duration.between(Instant.parse(timestamp), now));
        } catch (DateTimeException e) {
            return UNKNOWN;
        }
    }

    /// How much later the second of two timestamps was.
    ///
    /// @return [#UNKNOWN] when either is empty or damaged
    static String between(String from, String to) {
        try {
            return since(from, Instant.parse(to));
        } catch (DateTimeException e) {
            return UNKNOWN;
        }
    }

    /// The age of an object: the time since `metadata.creationTimestamp`, which the server sets and nobody changes.
    static String of(Struct object, Instant now) {
        return since(object.struct("metadata").text("creationTimestamp"), now);
    }
}
