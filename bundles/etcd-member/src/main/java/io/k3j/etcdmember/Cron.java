package io.k3j.etcdmember;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A schedule of five fields: minute, hour, day of month, month, day of week. Pure.
record Cron(BitSet minutes, BitSet hours, BitSet days, BitSet months, BitSet weekdays, boolean anyDay,
        boolean anyWeekday) {
    private static final Map<String, String> WORDS = Map.of("@hourly", "0 * * * *", "@daily", "0 0 * * *",
            "@midnight", "0 0 * * *", "@weekly", "0 0 * * 0", "@monthly", "0 0 1 * *", "@yearly", "0 0 1 1 *",
            "@annually", "0 0 1 1 *");
    private static final int YEARS = 5;

    /// @throws IllegalArgumentException saying which field is wrong
    static Cron parse(String text) {
        String known = WORDS.getOrDefault(text.strip(), text.strip());
        List<String> fields = List.of(known.split(" ")).stream().filter(f -> !f.isEmpty()).toList();
        if (fields.size() != 5) {
            throw new IllegalArgumentException("'" + text + "' has " + fields.size()
                    + " fields; minute, hour, day of month, month and day of week are wanted, as 0 */12 * * *");
        }
        BitSet weekdays = field(fields.get(4), 0, 7);
        if (weekdays.get(7)) {
            weekdays.set(0);
        }
        return new Cron(field(fields.get(0), 0, 59), field(fields.get(1), 0, 23), field(fields.get(2), 1, 31),
                field(fields.get(3), 1, 12), weekdays, fields.get(2).startsWith("*"), fields.get(4).startsWith("*"));
    }

    private static BitSet field(String text, int low, int high) {
        BitSet set = new BitSet();
        try {
            for (String part : text.split(",")) {
                int slash = part.indexOf('/');
                String range = slash < 0 ? part : part.substring(0, slash);
                int step = slash < 0 ? 1 : Integer.parseInt(part.substring(slash + 1));
                int dash = range.indexOf('-');
                int from = range.equals("*") ? low : Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int last = dash < 0 && slash < 0 ? from : high;
                int to = range.equals("*") ? high : dash < 0 ? last : Integer.parseInt(range.substring(dash + 1));
                if (step < 1 || from < low || to > high || from > to) {
                    throw new NumberFormatException();
                }
                for (int i = from; i <= to; i += step) {
                    set.set(i);
                }
            }
            return set;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not within " + low + " to " + high, e);
        }
    }

    /// The first time after `now` that fits; empty when there is none within some years.
    Optional<Instant> next(Instant now, ZoneId zone) {
        ZonedDateTime at = now.atZone(zone).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
        ZonedDateTime end = at.plusYears(YEARS);
        while (at.isBefore(end)) {
            if (!months.get(at.getMonthValue()) || !day(at)) {
                at = at.truncatedTo(ChronoUnit.DAYS).plusDays(1);
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

    /// When both days are given, either will do.
    private boolean day(ZonedDateTime at) {
        boolean day = days.get(at.getDayOfMonth());
        boolean weekday = weekdays.get(at.getDayOfWeek().getValue() % 7);
        return anyDay || anyWeekday ? day && weekday : day || weekday;
    }
}
