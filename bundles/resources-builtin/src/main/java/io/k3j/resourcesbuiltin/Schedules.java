package io.k3j.resourcesbuiltin;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The five-field form of cron schedules, and `@daily` and its like. Pure; only says what is wrong.
final class Schedules {
    private static final List<String> MONTHS = List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep",
            "oct", "nov", "dec");
    private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
    private static final List<String> WORDS = List.of("@yearly", "@annually", "@monthly", "@weekly", "@daily",
            "@midnight", "@hourly");
    private static final int[][] BOUNDS = {{0, 59}, {0, 23}, {1, 31}, {1, 12}, {0, 6}};

    private Schedules() {
    }

    /// What is wrong with a schedule, empty when nothing is.
    static String problem(String schedule) {
        if (schedule.startsWith("@")) {
            return WORDS.contains(schedule) || schedule.startsWith("@every ") ? ""
                    : "unrecognized descriptor: " + schedule;
        }
        List<String> fields = new ArrayList<>(List.of(schedule.strip().split(" ")));
        fields.removeIf(f -> f.isEmpty() || f.contains("TZ="));
        if (fields.size() != BOUNDS.length) {
            return "expected exactly 5 fields, found " + fields.size() + ": " + fields;
        }
        for (int i = 0; i < BOUNDS.length; i++) {
            String why = field(fields.get(i), i);
            if (!why.isEmpty()) {
                return why;
            }
        }
        return "";
    }

    private static String field(String field, int index) {
        for (String part : field.split(",", -1)) {
            String why = part(part, index);
            if (!why.isEmpty()) {
                return why;
            }
        }
        return "";
    }

    private static String part(String part, int index) {
        int slash = part.indexOf('/');
        String range = slash < 0 ? part : part.substring(0, slash);
        if (slash >= 0 && number(part.substring(slash + 1)) <= 0) {
            return "failed to parse int from " + part.substring(slash + 1) + ": strconv.Atoi: parsing \""
                    + part.substring(slash + 1) + "\": invalid syntax";
        }
        if (range.equals("*") || range.equals("?")) {
            return "";
        }
        int dash = range.indexOf('-');
        int from = value(dash < 0 ? range : range.substring(0, dash), index);
        int to = dash < 0 ? from : value(range.substring(dash + 1), index);
        if (from < 0 || to < 0) {
            return "failed to parse int from " + range + ": strconv.Atoi: parsing \"" + range + "\": invalid syntax";
        }
        if (from < BOUNDS[index][0]) {
            return "beginning of range (" + from + ") below minimum (" + BOUNDS[index][0] + "): " + part;
        }
        if (to > BOUNDS[index][1]) {
            return "end of range (" + to + ") above maximum (" + BOUNDS[index][1] + "): " + part;
        }
        return from > to ? "beginning of range (" + from + ") beyond end of range (" + to + "): " + part : "";
    }

    private static int value(String text, int index) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (index == 3 && MONTHS.contains(lower)) {
            return MONTHS.indexOf(lower) + 1;
        }
        return index == 4 && DAYS.contains(lower) ? DAYS.indexOf(lower) : number(text);
    }

    private static int number(String text) {
        boolean plain = !text.isEmpty() && text.length() < 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        return plain ? Integer.parseInt(text) : -1;
    }
}
