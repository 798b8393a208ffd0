package io.k3j.model;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A cron schedule of five fields, or `@hourly` and its like, or `@every 1h30m`:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax>. Immutable.
public final class CronSchedule {
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
            "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final int YEARS_AHEAD = 5;

    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    private final BitSet weekdays;
    private final boolean anyDay;
    private final boolean anyWeekday;
    private final Duration every;
    private final ZoneId zone;

    private CronSchedule(String[] fields, Duration every, ZoneId zone) {
        this.minutes = field(fields[0], 0, 59, List.of());
        this.hours = field(fields[1], 0, 23, List.of());
        this.days = field(fields[2], 1, 31, List.of());
        this.months = field(fields[3], 1, 12, MONTHS);
        this.weekdays = field(fields[4], 0, 7, DAYS);
        this.anyDay = fields[2].startsWith("*") || fields[2].equals("?");
        this.anyWeekday = fields[4].startsWith("*") || fields[4].equals("?");
        this.every = every;
        this.zone = zone;
        if (weekdays.get(7)) {
            weekdays.set(0);
        }
    }

    /// Reads a schedule in a time zone.
    /// @throws IllegalArgumentException when it cannot be read, saying why
    public static CronSchedule parse(String text, ZoneId zone) {
        String whole = text.strip();
        if (whole.startsWith("@every ")) {
            return new CronSchedule(new String[] {"*", "*", "*", "*", "*"}, every(whole.substring(7).strip()), zone);
        }
        String plain = switch (whole) {
            case "@yearly", "@annually" -> "0 0 1 1 *";
            case "@monthly" -> "0 0 1 * *";
            case "@weekly" -> "0 0 * * 0";
            case "@daily", "@midnight" -> "0 0 * * *";
            case "@hourly" -> "0 * * * *";
            default -> whole;
        };
        String[] fields = List.of(plain.split(" ")).stream().filter(f -> !f.isBlank()).toArray(String[]::new);
        if (fields.length != 5) {
            throw new IllegalArgumentException(
                    "expected exactly 5 fields, found " + fields.length + ": [" + text + "]");
        }
        return new CronSchedule(fields, Duration.ZERO, zone);
    }

    private static Duration every(String text) {
        try {
            return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("failed to parse duration @every " + text, e);
        }
    }

    private static BitSet field(String text, int least, int most, List<String> names) {
        BitSet set = new BitSet(most + 1);
        for (String part : text.toLowerCase(Locale.ROOT).split(",")) {
            int slash = part.indexOf('/');
            int step = slash < 0 ? 1 : number(part.substring(slash + 1), 1, most, List.of());
            String range = slash < 0 ? part : part.substring(0, slash);
            int dash = range.indexOf('-');
            boolean all = range.equals("*") || range.equals("?");
            int first = all ? least : number(dash < 0 ? range : range.substring(0, dash), least, most, names);
            int last = all || slash >= 0 && dash < 0 ? most : dash < 0 ? first
                    : number(range.substring(dash + 1), least, most, names);
            if (first > last) {
                throw new IllegalArgumentException(
                        "beginning of range (" + first + ") beyond end of range (" + last + "): " + part);
            }
            for (int i = first; i <= last; i += step) {
                set.set(i);
            }
        }
        return set;
    }

    private static int number(String text, int least, int most, List<String> names) {
        int name = names.indexOf(text);
        try {
            int value = name >= 0 ? name + least : Integer.parseInt(text);
            if (value < least || value > most) {
                throw new IllegalArgumentException("value (" + value + ") outside of " + least + "-" + most);
            }
            return value;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("failed to parse int from " + text, e);
        }
    }

    /// The first time after an instant; empty when there is none within five years.
    public Optional<Instant> after(Instant instant) {
        if (!every.isZero()) {
            return Optional.of(instant.plus(every).truncatedTo(ChronoUnit.SECONDS));
        }
        ZonedDateTime at = instant.atZone(zone).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        ZonedDateTime end = at.plusYears(YEARS_AHEAD);
        while (at.isBefore(end)) {
            if (!months.get(at.getMonthValue())) {
                at = at.plusMonths(1).withDayOfMonth(1).truncatedTo(ChronoUnit.DAYS);
            } else if (!day(at)) {
                at = at.plusDays(1).truncatedTo(ChronoUnit.DAYS);
            } else if (!hours.get(at.getHour())) {
                at = at.truncatedTo(ChronoUnit.HOURS).plusHours(1);
            } else if (!minutes.get(at.getMinute())) {
                at = at.plusMinutes(1);
            } else {
                return Optional.of(at.toInstant());
            }
        }
        return Optional.empty();
    }

    /// Both day fields must match, unless both are limited: then one is enough.
    private boolean day(ZonedDateTime at) {
        boolean day = days.get(at.getDayOfMonth());
        boolean weekday = weekdays.get(at.getDayOfWeek().getValue() % 7);
        return anyDay || anyWeekday ? day && weekday : day || weekday;
    }
}
