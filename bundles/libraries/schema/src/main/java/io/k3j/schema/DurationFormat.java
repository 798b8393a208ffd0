package io.k3j.schema;

import io.k3j.apimachinery.GoDuration;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// Texts of the OpenAPI format `duration`, as kube-openapi's `strfmt` reads them: a Go duration (`1h30m`, `-1.5h`), or
/// whole numbers with units in words, as `3d`, `2 weeks` or `1 h 30 minutes`. Pure.
public final class DurationFormat {
    private static final long DAY = 86_400_000_000_000L;
    /// Each may be longer than its last name, as `seconds`.
    private static final List<Unit> UNITS = List.of(new Unit(1, "ns", "nano"),
            new Unit(1_000, "us", "\u00b5s", "micro"),
            new Unit(1_000_000, "ms", "milli"), new Unit(1_000_000_000L, "s", "sec"),
            new Unit(60_000_000_000L, "m", "min"), new Unit(3_600_000_000_000L, "h", "hr", "hour"),
            new Unit(DAY, "d", "day"), new Unit(7 * DAY, "w", "wk", "week"));
    private final String text;
    private int at;

    private DurationFormat(String text) {
        this.text = text;
    }

    private record Unit(long nanos, String... names) {
        boolean called(String name) {
            return name.startsWith(names[names.length - 1]) || List.of(names).contains(name);
        }
    }

    /// Reads one.
    ///
    /// @throws IllegalArgumentException in upstream's words; also for what is longer than 292 years
    public static Duration parse(String text) {
        try {
            return GoDuration.parse(text);
        } catch (IllegalArgumentException e) {
            return new DurationFormat(text).words(e);
        }
    }

    /// A unit nobody knows counts nothing beside one that is known, as upstream has it.
    private Duration words(IllegalArgumentException otherwise) {
        long nanos = 0;
        boolean known = false;
        for (blanks(); at < text.length(); blanks()) {
            String number = digits();
            blanks();
            String name = letters();
            if (number.isEmpty() || name.isEmpty()) {
                throw unreadable(otherwise);
            }
            for (Unit unit : UNITS) {
                if (unit.called(name)) {
                    known = true;
                    nanos = sum(nanos, number, unit, otherwise);
                }
            }
        }
        if (!known) {
            throw unreadable(otherwise);
        }
        return Duration.ofNanos(nanos);
    }

    private long sum(long nanos, String number, Unit unit, IllegalArgumentException otherwise) {
        try {
            return Math.addExact(nanos, Math.multiplyExact(Long.parseLong(number), unit.nanos));
        } catch (ArithmeticException | NumberFormatException e) {
            throw unreadable(otherwise);
        }
    }

    private IllegalArgumentException unreadable(IllegalArgumentException cause) {
        return new IllegalArgumentException("unable to parse " + text + " as duration", cause);
    }

    private void blanks() {
        while (at < text.length() && "\t\n\f\r ".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private String digits() {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return text.substring(from, at);
    }

    private String letters() {
        int from = at;
        while (at < text.length() && letter(text.charAt(at))) {
            at++;
        }
        return text.substring(from, at).toLowerCase(Locale.ROOT);
    }

    private static boolean letter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '\u00b5';
    }
}
