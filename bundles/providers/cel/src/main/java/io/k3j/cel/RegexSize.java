package io.k3j.cel;

import java.util.ArrayDeque;
import java.util.Deque;

/// How large a regular expression gets when its repetitions are written out, as RE2/J does when it compiles one: told
/// beforehand, since `((a{900}){900}){900}` takes minutes and all memory.
final class RegexSize {
    private static final long ENOUGH = 1L << 40;
    private final String regex;
    private final Deque<Long> groups = new ArrayDeque<>();
    private long group;
    private long last;
    private int at;

    private RegexSize(String regex) {
        this.regex = regex;
    }

    /// In states, roughly.
    static long of(String regex) {
        return new RegexSize(regex).size();
    }

    private long size() {
        while (at < regex.length()) {
            char c = regex.charAt(at++);
            switch (c) {
                case '(' -> {
                    groups.push(group);
                    group = 0;
                }
                case ')' -> {
                    last = group;
                    group = Math.min(ENOUGH, (groups.isEmpty() ? 0 : groups.pop()) + last);
                }
                case '{' -> repeat();
                case '[' -> set();
                default -> {
                    at += c == '\\' ? 1 : 0;
                    last = 1;
                    group++;
                }
            }
        }
        return groups.stream().mapToLong(Long::longValue).sum() + group;
    }

    /// What stands between brackets is one state; a bracket that comes first is a character.
    private void set() {
        int from = regex.startsWith("^", at) ? at + 1 : at;
        int i = regex.startsWith("]", from) ? from + 1 : from;
        while (i < regex.length() && regex.charAt(i) != ']') {
            i += regex.charAt(i) == '\\' ? 2 : 1;
        }
        at = Math.min(regex.length(), i + 1);
        last = 1;
        group++;
    }

    /// The larger one of the numbers; what is no repetition counts little.
    private void repeat() {
        long most = 0;
        long number = 0;
        while (at < regex.length() && (Character.isDigit(regex.charAt(at)) || regex.charAt(at) == ',')) {
            char c = regex.charAt(at++);
            number = c == ',' ? 0 : Math.min(ENOUGH, number * 10 + Character.digit(c, 10));
            most = Math.max(most, number);
        }
        if (most > 1) {
            group = Math.min(ENOUGH, group + Math.min(ENOUGH, last * Math.min(most, 1 << 20)) - last);
            last = Math.min(ENOUGH, last * Math.min(most, 1 << 20));
        }
    }
}
