package io.k3j.secureserving;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// `/statusz` and `/flagz` of a component, which are on by default in 1.36, in their text form. Any thread.
final class ZPages {
    static final String NOT_ACCEPTABLE = "media type not acceptable, must be: text/plain\n";
    /// The version that `/version` of the API server tells.
    private static final String VERSION = "1.36.2";
    private static final String WARNING = "Warning: This endpoint is not meant to be machine parseable, has no"
            + " formatting compatibility guarantees and is for debugging purposes only.\n";
    /// Go's `time.UnixDate`.
    private static final DateTimeFormatter UNIX_DATE = DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss 'UTC' yyyy",
            Locale.US).withZone(ZoneOffset.UTC);
    private final ServedComponent component;
    private final ServingOptions options;
    private final InstantSource clock;
    private final Instant started;

    /// @param clock the time of day
    /// @param started when this process was
    ZPages(ServedComponent component, ServingOptions options, InstantSource clock, Instant started) {
        this.component = component;
        this.options = options;
        this.clock = clock;
        this.started = started;
    }

    /// Whether a client takes plain text.
    /// @param accept its `Accept`, empty for none
    static boolean acceptable(String accept) {
        return accept.isEmpty() || accept.contains("text/plain") || accept.contains("text/*") || accept.contains("*/*");
    }

    /// `/statusz`.
    String status() {
        Duration up = Duration.between(started, clock.instant());
        return "\n" + component.name() + " statusz\n" + WARNING + "\nStarted: " + UNIX_DATE.format(started) + "\nUp: "
                + String.format(Locale.ROOT, "%d hr %02d min %02d sec", up.toHours(), up.toMinutesPart(),
                        up.toSecondsPart())
                + "\nJava version: " + Runtime.version().feature() + "\nBinary version: " + VERSION
                + "\nEmulation version: 1.36\nPaths: " + String.join(" ", ComponentEndpoint.PATHS) + "\n";
    }

    /// `/flagz`: the arguments in force, in the order of their names.
    String flags() {
        StringBuilder text = new StringBuilder("\n" + component.name() + " flags\n" + WARNING + "\n");
        options.flags().forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
        return text.toString();
    }
}
