package io.k3j.cel;

import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import io.k3j.celvalues.EvalFailure;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// `'…'.format([…])`, as version 2 of the string library has it.
final class Formatting {
    private static final int DEFAULT_PRECISION = 6;
    private static final int MOST_PRECISION = 100;
    private final Frame frame;
    private final StringBuilder out = new StringBuilder();

    private Formatting(Frame frame) {
        this.frame = frame;
    }

    static String format(Frame frame, String pattern, List<?> arguments) {
        Formatting f = new Formatting(frame);
        int next = 0;
        int i = 0;
        while (i < pattern.length()) {
            char c = pattern.charAt(i++);
            if (c != '%') {
                f.add(String.valueOf(c));
            } else if (i < pattern.length() && pattern.charAt(i) == '%') {
                f.add("%");
                i++;
            } else {
                int verb = verb(pattern, i);
                if (next >= arguments.size()) {
                    throw new EvalFailure("index " + next + " out of range");
                }
                f.clause(pattern.substring(i, verb + 1), arguments.get(next++));
                i = verb + 1;
            }
        }
        return f.out.toString();
    }

    /// Where the letter of a clause stands.
    private static int verb(String pattern, int from) {
        int i = from;
        while (i < pattern.length() && (pattern.charAt(i) == '.' || Character.isDigit(pattern.charAt(i)))) {
            i++;
        }
        if (i >= pattern.length()) {
            throw new EvalFailure("could not parse formatting clause: unexpected end of string");
        }
        return i;
    }

    private void add(String text) {
        Strings.bounded((long) out.length() + text.length());
        out.append(text);
    }

    private void clause(String clause, Object value) {
        char verb = clause.charAt(clause.length() - 1);
        switch (verb) {
            case 's' -> any(value, false);
            case 'd' -> add(whole(value, verb, 10));
            case 'f', 'e' -> add(real(value, verb, precision(clause)));
            case 'b' -> add(value instanceof Boolean b ? b ? "1" : "0" : whole(value, verb, 2));
            case 'o' -> add(whole(value, verb, 8));
            case 'x' -> add(hex(value));
            case 'X' -> add(hex(value).toUpperCase(Locale.ROOT));
            default ->
                throw new EvalFailure("could not parse formatting clause: unrecognized formatting clause \"" + verb
                        + "\"");
        }
    }

    private static int precision(String clause) {
        if (clause.length() < 3) {
            return DEFAULT_PRECISION;
        }
        String digits = clause.substring(1, clause.length() - 1);
        if (digits.length() > 3 || Integer.parseInt(digits) > MOST_PRECISION) {
            throw new EvalFailure("could not parse formatting clause: precision too large");
        }
        return Integer.parseInt(digits);
    }

    private static String whole(Object value, char verb, int radix) {
        return switch (value) {
            case Long l -> Long.toString(l, radix);
            case com.google.common.primitives.UnsignedLong u -> u.toString(radix);
            default -> throw wrong(verb, value);
        };
    }

    private static EvalFailure wrong(char verb, Object value) {
        String clause = switch (verb) {
            case 'd' -> "decimal clause can only be used on integers";
            case 'b' -> "only integers and bools can be formatted as binary";
            case 'o' -> "octal clause can only be used on integers";
            case 'f' -> "fixed-point clause can only be used on doubles";
            case 'e' -> "scientific clause can only be used on doubles";
            case 's' -> "string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, "
                    + "durations, and timestamps";
            default -> "only integers, byte buffers, and strings can be formatted as hex";
        };
        return new EvalFailure("error during formatting: " + clause + ", was given " + TypeName.of(value).name());
    }

    private static String real(Object value, char verb, int precision) {
        if (!(value instanceof Double d)) {
            throw wrong(verb, value);
        }
        if (d.isNaN() || d.isInfinite()) {
            return d.isNaN() ? "NaN" : d > 0 ? "∞" : "-∞";
        }
        return verb == 'f' ? new BigDecimal(d).setScale(precision, java.math.RoundingMode.HALF_EVEN).toPlainString()
                : String.format(Locale.ROOT, "%." + precision + "e", d);
    }

    private static String hex(Object value) {
        return switch (value) {
            case Long l -> l < 0 ? "-" + Long.toHexString(-l) : Long.toHexString(l);
            case com.google.common.primitives.UnsignedLong u -> u.toString(16);
            case String s -> bytes(s.getBytes(StandardCharsets.UTF_8));
            case CelByteString b -> bytes(b.toByteArray());
            default -> throw wrong('x', value);
        };
    }

    private static String bytes(byte[] bytes) {
        Strings.bounded(2L * bytes.length);
        return HexFormat.of().formatHex(bytes);
    }

    /// @param inside whether it stands in a list or map, where it is written as the language writes it
    private void any(Object value, boolean inside) {
        frame.step();
        switch (value) {
            case String s -> add(inside ? "\"" + s.replace("\\", "\\\\").replace("\"", "\\\"") + "\"" : s);
            case CelByteString b -> add(inside ? "b\"" + b.toStringUtf8() + "\"" : b.toStringUtf8());
            case Double d -> add(inside ? real(d, 'f', DEFAULT_PRECISION) : number(d));
            case Instant t -> add(inside ? "timestamp(\"" + Standard.text(t) + "\")" : Standard.text(t));
            case Duration d -> add(inside ? "duration(\"" + Standard.text(d) + "\")" : Standard.text(d));
            case NullValue _ -> add("null");
            case TypeName t -> add(t.name());
            case List<?> l -> list(l);
            case Map<?, ?> m -> map(m);
            case Long _,Boolean _,com.google.common.primitives.UnsignedLong _ -> add(value.toString());
            default -> throw wrong('s', value);
        }
    }

    static String number(double d) {
        if (Double.isNaN(d) || Double.isInfinite(d)) {
            return Double.isNaN(d) ? "NaN" : d > 0 ? "+Inf" : "-Inf";
        }
        return new BigDecimal(Double.toString(d)).stripTrailingZeros().toPlainString();
    }

    private void list(List<?> list) {
        add("[");
        String before = "";
        for (Object element : list) {
            add(before);
            any(element, true);
            before = ", ";
        }
        add("]");
    }

    private void map(Map<?, ?> map) {
        TreeMap<String, Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(key instanceof String s ? "\"" + s + "\"" : key.toString(), value));
        add("{");
        String before = "";
        for (Map.Entry<String, Object> entry : sorted.entrySet()) {
            add(before + entry.getKey() + ":");
            any(entry.getValue(), true);
            before = ", ";
        }
        add("}");
    }
}
