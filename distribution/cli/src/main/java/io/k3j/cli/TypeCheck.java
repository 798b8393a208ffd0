package io.k3j.cli;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Tells whether a value fits its flag, in one sentence when it does not.
final class TypeCheck {
    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");
    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");
    private static final Set<String> YES = Set.of("y", "Y", "yes", "Yes", "YES", "on", "On", "ON");
    private static final Set<String> NO = Set.of("n", "N", "no", "No", "NO", "off", "Off", "OFF");
    private static final List<String> UNITS = List.of("ns", "us", "µs", "ms", "s", "m", "h");
    private static final int LARGEST_PORT = 65_535;

    private TypeCheck() {
    }

    /// What is wrong with a setting, or nothing.
    static Optional<String> problem(Setting s) {
        Flag.Type type = s.flag().type();
        String wanted = switch (type) {
            case BOOL -> bool(s.value()).isPresent() ? "" : "true or false";
            case NUMBER -> number(s.value(), Integer.MAX_VALUE) ? "" : "a whole number";
            case PORT -> number(s.value(), LARGEST_PORT) ? "" : "a port from 0 to " + LARGEST_PORT;
            case DURATION -> duration(s.value()) ? "" : "a duration such as 30s, 10m or 1h30m";
            case TEXT, LIST -> "";
        };
        return wanted.isEmpty() ? Optional.empty()
                : Optional.of("invalid value \"" + s.value() + "\" for flag " + s.flag().shown() + " (" + s.where()
                        + "): it must be " + wanted);
    }

    /// A boolean as Go reads it.
    static Optional<Boolean> bool(String text) {
        return TRUE.contains(text) ? Optional.of(true) : FALSE.contains(text) ? Optional.of(false) : Optional.empty();
    }

    /// `true` or `false` for the other words of YAML 1.1 for it, else the word itself.
    static String ofYaml(String word) {
        return YES.contains(word) ? "true" : NO.contains(word) ? "false" : word;
    }

    private static boolean number(String text, int largest) {
        try {
            int n = Integer.parseInt(text);
            return n >= 0 && n <= largest;
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean duration(String text) {
        if (text.equals("0")) {
            return true;
        }
        int at = 0;
        while (at < text.length()) {
            int from = at;
            while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
                at++;
            }
            int unit = at;
            while (at < text.length() && Character.isLetter(text.charAt(at))) {
                at++;
            }
            if (unit == from || !UNITS.contains(text.substring(unit, at))) {
                return false;
            }
        }
        return !text.isEmpty();
    }
}
