package io.k3j.apimachinery;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// The limits that Go's `regexp/syntax` has and RE2/J has not, told before an expression is compiled: repetitions
/// within repetitions are written out, so that `((a{900}){900}){900}` takes minutes and all memory, and all that
/// follows a group, an escape or a character between brackets is copied to look for what may begin there. Counts
/// roughly and never too little; what is no expression at all is for the compiler to say. Pure, and linear in the text.
public final class GoRegex {
    /// Go's limit of repetitions within each other, multiplied.
    public static final int MOST_REPETITIONS = 1_000;
    private static final long ENOUGH = 1L << 40;
    /// Copied characters that cost as much as a state.
    private static final long COPIED_PER_STATE = 2_048;
    private static final int LOOKS_IN_SETS = 3;
    private static final int LOOKS_AT_ESCAPES = 4;
    private final String regex;
    private final Deque<Part> open = new ArrayDeque<>();
    private Part group = Part.NONE;
    private Part last = Part.NONE;
    private @Nullable String repeat;
    private int at;
    private long copied;

    private GoRegex(String regex) {
        this.regex = regex;
    }

    /// How large an expression gets.
    ///
    /// @param states that it has when its repetitions are written out, and with them what reading it costs
    /// @param repeat the first repetition, as `{900}`, with which Go refuses the expression (`invalid repeat count`);
    ///     null when there is none
    public record Size(long states, @Nullable String repeat) {
    }

    /// A part of an expression: its states, and the most repetitions within each other.
    private record Part(long states, long repetitions) {
        static final Part NONE = new Part(0, 1);
        static final Part ONE = new Part(1, 1);

        Part then(Part next) {
            return new Part(Math.min(ENOUGH, states + next.states), Math.max(repetitions, next.repetitions));
        }

        Part times(long count) {
            return new Part(Math.min(ENOUGH, states * count), Math.min(ENOUGH, repetitions * count));
        }
    }

    /// The size of an expression, whether it can be compiled or not.
    public static Size of(String regex) {
        return new GoRegex(regex).size();
    }

    private Size size() {
        Part before = Part.NONE;
        while (at < regex.length()) {
            char c = regex.charAt(at++);
            int braces = c == '{' ? closing() : -1;
            if (braces > 0) {
                last = last.times(count(braces));
                group = before.then(last);
                continue;
            }
            switch (c) {
                case '(' -> {
                    copies(1, at);
                    open.push(group);
                    group = Part.NONE;
                    before = Part.NONE;
                    last = Part.NONE;
                }
                case ')' -> {
                    last = group;
                    before = open.isEmpty() ? Part.NONE : open.pop();
                    group = before.then(last);
                }
                default -> {
                    skip(c);
                    before = group;
                    last = Part.ONE;
                    group = before.then(last);
                }
            }
        }
        long states = open.stream().mapToLong(Part::states).sum() + group.states;
        return new Size(states + copied / COPIED_PER_STATE, repeat);
    }

    /// @param looks how often what follows is copied
    /// @param from where it begins, on the average
    private void copies(long looks, int from) {
        copied += looks * (regex.length() - from);
    }

    /// Behind the brace that ends a repetition; -1 when none begins here, since a brace alone is a character.
    private int closing() {
        int i = at;
        while (i < regex.length() && (digit(regex.charAt(i)) || regex.charAt(i) == ',' && i > at)) {
            i++;
        }
        return i > at && i < regex.length() && regex.charAt(i) == '}' ? i + 1 : -1;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    /// The larger one of the numbers.
    private long count(int end) {
        String text = regex.substring(at - 1, end);
        long most = 0;
        for (String number : text.substring(1, text.length() - 1).split(",", -1)) {
            most = Math.max(most, number.length() > 9 ? ENOUGH : number.isEmpty() ? 0 : Long.parseLong(number));
        }
        at = end;
        if (most > 1 && last.times(most).repetitions > MOST_REPETITIONS && repeat == null) {
            repeat = text;
        }
        return Math.max(1, most);
    }

    /// What belongs to a character: the rest of an escape, or all up to a closing bracket.
    private void skip(char c) {
        if (c == '[') {
            set();
        } else if (c == '\\' && at < regex.length()) {
            copies(LOOKS_AT_ESCAPES, at);
            char escaped = regex.charAt(at++);
            boolean named = (escaped == 'p' || escaped == 'P' || escaped == 'x') && regex.startsWith("{", at);
            int end = named ? regex.indexOf('}', at) : -1;
            at = end < 0 ? at : end + 1;
        }
    }

    /// What stands between brackets is one state; a bracket that comes first is a character.
    private void set() {
        int from = regex.startsWith("^", at) ? at + 1 : at;
        int i = regex.startsWith("]", from) ? from + 1 : from;
        while (i < regex.length() && regex.charAt(i) != ']') {
            i += regex.charAt(i) == '\\' ? 2 : 1;
        }
        int end = Math.min(regex.length(), i + 1);
        copies((long) LOOKS_IN_SETS * (end - at), (at + end) / 2);
        at = end;
    }
}
