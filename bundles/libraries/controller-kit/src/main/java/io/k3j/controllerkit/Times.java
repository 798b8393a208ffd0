package io.k3j.controllerkit;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// Instants as Kubernetes writes them (`metav1.Time`, `metav1.MicroTime`: RFC 3339). Pure.
public final class Times {
    private static final DateTimeFormatter MICROS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private Times() {
    }

    /// A `Time`: whole seconds, UTC.
    public static String seconds(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /// A `MicroTime`: always six digits, UTC.
    public static String micros(Instant at) {
        return MICROS.format(at.atOffset(ZoneOffset.UTC));
    }

    /// Reads either, with any offset; empty when it is not one.
    public static Optional<Instant> parse(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /// How long ago something was, below zero for what is to come; a time that cannot be read was just now.
    public static Duration since(String text, Instant now) {
        return parse(text).map(t -> Duration.between(t, now)).orElse(Duration.ZERO);
    }
}
