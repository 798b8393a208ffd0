package io.k3j.resourcesbuiltin;

import io.k3j.model.HumanDuration;
import io.k3j.model.Struct;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/// How old things are, as kubectl shows it. Pure.
final class Ages {
    static final String UNKNOWN = "<unknown>";

    private Ages() {
    }

    /// How long ago a timestamp was.
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

    /// The age of an object.
    static String of(Struct object, Instant now) {
        return since(object.struct("metadata").text("creationTimestamp"), now);
    }
}
