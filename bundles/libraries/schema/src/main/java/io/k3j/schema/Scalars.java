package io.k3j.schema;

import io.k3j.apimachinery.GoDuration;
import io.k3j.apimachinery.Quantity;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;

/// Scalars with a form of their own: checked, and brought to the form the API writes. Pure. Most values have that form
/// already, so each check tries first whether it does, and returns the same text then. What is malformed is a
/// [DecodeFailure] in Go's words.
final class Scalars {
    /// `metav1.Time`: UTC, no fraction.
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'");
    /// `metav1.MicroTime`: UTC, always six digits.
    private static final DateTimeFormatter MICROS = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 6, 6, true).appendLiteral('Z').toFormatter();
    /// The form of a time; each `0` stands for a digit.
    private static final String CANONICAL = "0000-00-00T00:00:00Z";

    private Scalars() {
    }

    /// A quantity as `resource.Quantity` writes it.
    ///
    /// @param value a text, or a number that is taken as its text
    static Object quantity(Object value) {
        if (value instanceof String s && canonicalQuantity(s)) {
            return s;
        }
        String text = value instanceof Double d ? new BigDecimal(d.toString()).toPlainString()
                : value.toString();
        try {
            return Quantity.parse(text).toString();
        } catch (IllegalArgumentException e) {
            throw new DecodeFailure("quantities must match the regular expression "
                    + "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        }
    }

    /// Whether a quantity surely is in its canonical form: up to nine digits that no larger suffix could shorten. Most
    /// are, and need no arithmetic. False says nothing.
    private static boolean canonicalQuantity(String text) {
        int digits = 0;
        int number = 0;
        while (digits < text.length() && digits < 10 && decimal(text.charAt(digits))) {
            number = number * 10 + text.charAt(digits++) - '0';
        }
        if (digits == 0 || digits > 9 || text.charAt(0) == '0' && text.length() > 1) {
            return false;
        }
        return switch (text.substring(digits)) {
            case "", "m", "k", "M", "G" -> number % 1000 != 0 || text.length() == 1;
            case "Ki", "Mi", "Gi" -> number % 1024 != 0;
            default -> false;
        };
    }

    /// A time in UTC; a fraction is cut off, not rounded.
    ///
    /// @param micro whether it has microseconds
    static Object time(String text, boolean micro) {
        if (!micro && canonical(text)) {
            return text;
        }
        try {
            OffsetDateTime t = OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
            return (micro ? MICROS : SECONDS).format(t);
        } catch (DateTimeException e) {
            String layout = micro ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
            throw new DecodeFailure("parsing time \"" + text + "\" as \"" + layout + "\": cannot parse \"" + text
                    + "\" as \"2006\"");
        }
    }

    /// Whether it is written as the API writes times already, with a date that may exist. Days after the 28th are left
    /// to the parser, which knows the months.
    private static boolean canonical(String text) {
        if (text.length() != CANONICAL.length()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char want = CANONICAL.charAt(i);
            char c = text.charAt(i);
            if (want == '0' ? c < '0' || c > '9' : c != want) {
                return false;
            }
        }
        return in(text, 5, 1, 12) && in(text, 8, 1, 28) && in(text, 11, 0, 23) && in(text, 14, 0, 59)
                && in(text, 17, 0, 59);
    }

    private static boolean in(String text, int at, int least, int most) {
        int n = (text.charAt(at) - '0') * 10 + text.charAt(at + 1) - '0';
        return n >= least && n <= most;
    }

    /// A Go duration: signed decimals with units. Checked only; the text stays as it is.
    static Object duration(String text) {
        try {
            GoDuration.parse(text);
            return text;
        } catch (IllegalArgumentException e) {
            throw new DecodeFailure(String.valueOf(e.getMessage()));
        }
    }

    /// Standard base 64 with padding. Line breaks may be in it, as in Go, and are left out of the result. Checked
    /// without decoding, because stored objects hold the text.
    static Object base64(String text) {
        int digits = 0;
        int pads = 0;
        boolean lines = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '=' && digits % 4 >= 2 && pads < 4 - digits % 4) {
                pads++;
            } else if (digit(c) && pads == 0) {
                digits++;
            } else if (c == '\n' || c == '\r') {
                lines = true;
            } else {
                throw new DecodeFailure("illegal base64 data at input byte " + i);
            }
        }
        if ((digits + pads) % 4 != 0) {
            throw new DecodeFailure("illegal base64 data at input byte " + text.length());
        }
        return lines ? text.replace("\n", "").replace("\r", "") : text;
    }

    private static boolean decimal(char c) {
        return c >= '0' && c <= '9';
    }

    /// Of base 64.
    private static boolean digit(char c) {
        return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/';
    }
}
