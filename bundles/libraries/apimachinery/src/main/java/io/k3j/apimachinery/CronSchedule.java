package io.k3j.apimachinery;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A cron schedule of five fields, or `@hourly` and its like, or `@every 1h30m`:
/// <https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax>. Reads and refuses what
/// `ParseStandard` of robfig/cron v3 does, with its messages: CronJobs and K3s' snapshot schedules are read by it.
/// Immutable; any thread.
///
/// | field | values |
/// |---|---|
/// | minute | 0 to 59 |
/// | hour | 0 to 23 |
/// | day of the month | 1 to 31 |
/// | month | 1 to 12, or `jan` to `dec` |
/// | day of the week | 0 to 6, or `sun` to `sat` |
///
/// Each field is a comma-separated list of values, ranges (`1-5`) and steps (`*/15`, `9-17/4`); `*` and `?` stand for
/// all. A zone may stand in front, as `CRON_TZ=Europe/Berlin`. Times are those of the wall clock in a time zone: one
/// that the clocks skip is left out, one that comes twice counts twice.
public final class CronSchedule {
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
            "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    /// As far as a search goes: every date that comes at all comes within that time, but for the 29th of February
    /// around a year like 2100.
    private static final int YEARS_AHEAD = 5;

    /// A bit above all values: the field has a `*` or `?` without a step above 1 and puts no limit; decides how the two
    /// fields of days are combined.
    private static final int STAR = 63;
    /// So many digits fit in a `long`.
    private static final int MAX_DIGITS = 18;

    /// The values that fit, one bit each, and [#STAR].
    private final BitSet minutes;
    private final BitSet hours;
    private final BitSet days;
    private final BitSet months;
    private final BitSet weekdays;
    /// Of `@every`, whole seconds: then no field counts. Zero for a schedule of fields.
    private final Duration every;
    private final ZoneId zone;

    private CronSchedule(String[] fields, Duration every, ZoneId zone) {
        this.minutes = field(fields[0], 0, 59, List.of());
        this.hours = field(fields[1], 0, 23, List.of());
        this.days = field(fields[2], 1, 31, List.of());
        this.months = field(fields[3], 1, 12, MONTHS);
        this.weekdays = field(fields[4], 0, 6, DAYS);
        this.every = every;
        this.zone = zone;
    }

    /// Reads a schedule in a time zone.
    ///
    /// @param text five fields between blanks, or a word that begins with `@`; `TZ=` or `CRON_TZ=` and a zone may stand
    ///     in front
    /// @param zone whose wall clock the fields mean when the text names none; `@every` counts time that passes
    /// @throws IllegalArgumentException when it cannot be read, saying why; also for a value outside its field's range
    public static CronSchedule parse(String text, ZoneId zone) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("empty spec string");
        }
        if (text.startsWith("TZ=") || text.startsWith("CRON_TZ=")) {
            int blank = text.indexOf(' ') < 0 ? text.length() : text.indexOf(' ');
            return schedule(text.substring(blank).strip(), location(text.substring(text.indexOf('=') + 1, blank)));
        }
        return schedule(text, zone);
    }

    private static ZoneId location(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("provided bad location " + name + ": unknown time zone " + name, e);
        }
    }

    private static CronSchedule schedule(String text, ZoneId zone) {
        if (text.startsWith("@every ")) {
            return new CronSchedule(new String[] {"*", "*", "*", "*", "*"}, every(text), zone);
        }
        String plain = switch (text) {
            case "@yearly", "@annually" -> "0 0 1 1 *";
            case "@monthly" -> "0 0 1 * *";
            case "@weekly" -> "0 0 * * 0";
            case "@daily", "@midnight" -> "0 0 * * *";
            case "@hourly" -> "0 * * * *";
            default -> text;
        };
        if (plain.startsWith("@")) {
            throw new IllegalArgumentException("unrecognized descriptor: " + text);
        }
        String[] fields = Arrays.stream(plain.split("\\s+")).filter(f -> !f.isEmpty()).toArray(String[]::new);
        if (fields.length != 5) {
            throw new IllegalArgumentException("expected exactly 5 fields, found " + fields.length + ": ["
                    + String.join(" ", fields) + "]");
        }
        return new CronSchedule(fields, Duration.ZERO, zone);
    }

    /// Whole seconds and at least one, also for what is negative: a schedule always goes on.
    private static Duration every(String text) {
        try {
            Duration every = GoDuration.parse(text.substring("@every ".length())).truncatedTo(ChronoUnit.SECONDS);
            return every.isPositive() ? every : Duration.ofSeconds(1);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("failed to parse duration " + text + ": " + e.getMessage(), e);
        }
    }

    /// One field, a list of ranges.
    ///
    /// @param least the smallest value, 0 or 1
    /// @param names instead of numbers, the first of which is `least`
    private static BitSet field(String text, int least, int most, List<String> names) {
        BitSet set = new BitSet(STAR + 1);
        for (String range : text.split(",", -1)) {
            add(set, range, least, most, names);
        }
        return set;
    }

    /// One range. `5/15` means from 5 to the end in steps of 15, `5` alone means 5 only; so the end depends on the
    /// step.
    private static void add(BitSet set, String text, int least, int most, List<String> names) {
        String[] parts = text.split("/", -1);
        String[] ends = parts[0].split("-", -1);
        boolean all = ends[0].equals("*") || ends[0].equals("?");
        long first = all ? least : value(ends[0], least, names);
        if (!all && ends.length > 2) {
            throw new IllegalArgumentException("too many hyphens: " + text);
        }
        long last = all ? most : ends.length == 1 ? first : value(ends[1], least, names);
        if (parts.length > 2) {
            throw new IllegalArgumentException("too many slashes: " + text);
        }
        long step = parts.length == 1 ? 1 : number(parts[1]);
        last = parts.length == 2 && ends.length == 1 ? most : last;
        check(text, first, last, least, most);
        if (step == 0) {
            throw new IllegalArgumentException("step of range should be a positive number: " + text);
        }
        for (long i = first; i <= last && i >= 0; i += step) {
            set.set((int) i);
        }
        if (all && step == 1) {
            set.set(STAR);
        }
    }

    private static void check(String text, long first, long last, int least, int most) {
        if (first < least) {
            throw new IllegalArgumentException(
                    "beginning of range (" + first + ") below minimum (" + least + "): " + text);
        }
        if (last > most) {
            throw new IllegalArgumentException("end of range (" + last + ") above maximum (" + most + "): " + text);
        }
        if (first > last) {
            throw new IllegalArgumentException(
                    "beginning of range (" + first + ") beyond end of range (" + last + "): " + text);
        }
    }

    private static long value(String text, int least, List<String> names) {
        int name = names.indexOf(text.toLowerCase(Locale.ROOT));
        return name >= 0 ? (long) name + least : number(text);
    }

    /// A whole number that is not negative, by the rules and messages of Go's `strconv.Atoi`.
    private static long number(String text) {
        String digits = text.startsWith("+") || text.startsWith("-") ? text.substring(1) : text;
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw unreadable(text, "invalid syntax");
        }
        if (digits.length() > MAX_DIGITS) {
            throw unreadable(text, "value out of range");
        }
        long value = Long.parseLong(text);
        if (value < 0) {
            throw new IllegalArgumentException("negative number (" + value + ") not allowed: " + text);
        }
        return value;
    }

    private static IllegalArgumentException unreadable(String text, String why) {
        return new IllegalArgumentException(
                "failed to parse int from " + text + ": strconv.Atoi: parsing \"" + text + "\": " + why);
    }

    /// The first time after an instant, exclusive; empty when there is none within five years, as for the 31st of
    /// February. A schedule of fields answers full minutes. Goes from field to field, coarse first, so a search takes
    /// some thousand steps at most.
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

    /// Both day fields must match, unless both are limited: then one is enough. That is cron's rule since ever, and the
    /// reason why `*` is more than the set of all days.
    private boolean day(ZonedDateTime at) {
        boolean day = days.get(at.getDayOfMonth());
        boolean weekday = weekdays.get(at.getDayOfWeek().getValue() % 7);
        return days.get(STAR) || weekdays.get(STAR) ? day && weekday : day || weekday;
    }
}
