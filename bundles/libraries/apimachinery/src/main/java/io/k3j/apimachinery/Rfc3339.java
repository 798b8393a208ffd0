package io.k3j.apimachinery;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/// Times of objects as texts, as RFC 3339 has them in UTC and whole seconds: `2026-01-02T03:04:05Z`. Every write has
/// one or two, so they are made without a formatter. Pure.
public final class Rfc3339 {
    private static final String FORM = "0000-00-00T00:00:00Z";
    private static final int DAY = 86_400;
    private static final int HOUR = 3_600;
    private static final int MINUTE = 60;
    private static final int LAST_YEAR = 9_999;

    private Rfc3339() {
    }

    /// A time without its fraction of a second; years that have other than four digits as [Instant#toString] has them.
    public static String seconds(Instant at) {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(at.getEpochSecond(), DAY));
        if (date.getYear() < 0 || date.getYear() > LAST_YEAR) {
            return at.truncatedTo(ChronoUnit.SECONDS).toString();
        }
        int second = Math.floorMod(at.getEpochSecond(), DAY);
        byte[] text = FORM.getBytes(StandardCharsets.US_ASCII);
        write(text, 3, date.getYear());
        write(text, 6, date.getMonthValue());
        write(text, 9, date.getDayOfMonth());
        write(text, 12, second / HOUR);
        write(text, 15, second % HOUR / MINUTE);
        write(text, 18, second % MINUTE);
        return new String(text, StandardCharsets.US_ASCII);
    }

    /// The digits of a number, the last one at `last`.
    private static void write(byte[] text, int last, int number) {
        int at = last;
        for (int rest = number; rest > 0; rest /= 10) {
            text[at--] = (byte) ('0' + rest % 10);
        }
    }
}
