package io.k3j.edge;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// The `date` header's value, made once a second.
final class DateHeader {
    private record Made(long second, String text) {
    }

    private final InstantSource clock;
    private volatile Made made = new Made(Long.MIN_VALUE, "");

    DateHeader(InstantSource clock) {
        this.clock = clock;
    }

    /// The present moment in HTTP's form.
    String now() {
        Instant now = clock.instant();
        Made current = made;
        if (current.second() != now.getEpochSecond()) {
            String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC));
            // the formatter writes "1 Jan", HTTP wants "01 Jan"
            text = text.charAt(6) == ' ' ? text.substring(0, 5) + '0' + text.substring(5) : text;
            current = new Made(now.getEpochSecond(), text);
            made = current;
        }
        return current.text();
    }
}
