package io.k3j.kubeletconfig;

import io.k3j.apimachinery.GoDuration;
import io.k3j.model.Null;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// What the value of a field may be, and how it is written as an argument of its component.
enum FieldType {
    /// `true` or `false`.
    BOOL("true or false"),
    /// A whole number.
    INT("a whole number"),
    /// The same, and 0 says nothing.
    POSITIVE("a whole number"),
    /// A number.
    FLOAT("a number"),
    /// Text.
    STRING("text"),
    /// Go's, as text.
    DURATION("a duration such as 1m30s"),
    /// The same, not below zero.
    PERIOD("a duration such as 1m30s, not below zero"),
    /// An address with a port, or without.
    ENDPOINT("an address with a port such as 127.0.0.1:10249 or [::1]:10249"),
    /// A network, or one of each family with a comma between.
    FAMILIES("a network such as 10.42.0.0/16, or one of each family as 10.42.0.0/16,fd42::/56"),
    /// Networks, or the one word `primary`; with commas as an argument.
    NETWORKS("a list of networks such as 192.0.2.0/24, nor of primary alone"),
    /// Texts; with commas as an argument.
    LIST("a list of texts"),
    /// Texts by name; `a<1,b<2` as an argument.
    THRESHOLDS("names with texts, such as memory.available: 100Mi"),
    /// Texts by name; `a=1,b=2` as an argument.
    PAIRS("names with texts"),
    /// Feature gates: flags by name.
    GATES("names with true or false"),
    /// Taints; `key=value:effect` with commas as an argument.
    TAINTS("a list of taints with key, value and effect"),
    /// Grace periods by priority; `0=30,1000=60` as an argument.
    PRIORITIES("a list of priority and shutdownGracePeriodSeconds"),
    /// Reserved memory by NUMA node; `0:memory=1Gi,hugepages-2Mi=4Mi;1:memory=1Gi` as an argument.
    MEMORY("a list of numaNode and limits"),
    /// Levels of the log by pattern; `a=1,b=2` as an argument.
    LEVELS("a list of filePattern and verbosity"),
    /// Anything: no argument.
    ANY("a value");

    private static final String PRIORITY = "priority";
    private static final String NODE = "numaNode";
    private static final String LIMITS = "limits";
    private static final String SECONDS = "shutdownGracePeriodSeconds";
    private static final String PATTERN = "filePattern";
    private static final String LEVEL = "verbosity";
    private final String form;

    FieldType(String form) {
        this.form = form;
    }

    /// As the table names it.
    static FieldType of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }

    /// What to write, for people.
    String form() {
        return form;
    }

    /// Whether a value is of this type.
    boolean fits(Object value) {
        return switch (this) {
            case BOOL -> value instanceof Boolean;
            case INT, POSITIVE -> value instanceof Long;
            case FLOAT -> value instanceof Number;
            case STRING -> value instanceof String;
            case DURATION -> value instanceof String text && duration(text);
            case PERIOD -> value instanceof String text && duration(text) && !GoDuration.parse(text).isNegative();
            case ENDPOINT -> value instanceof String text && (text.isEmpty() || NetworkText.endpoint(text));
            case FAMILIES -> value instanceof String text && (text.isEmpty() || NetworkText.families(text));
            case NETWORKS -> value instanceof Seq list && NetworkText.nodePorts(list);
            case LIST -> value instanceof Seq list && list.stream().allMatch(String.class::isInstance);
            case THRESHOLDS, PAIRS -> each(value, String.class);
            case GATES -> each(value, Boolean.class);
            case TAINTS -> value instanceof Seq list && list.stream()
                    .allMatch(t -> t instanceof Struct taint && taint.has("key") && taint.has("effect"));
            case PRIORITIES -> value instanceof Seq list && list.stream().allMatch(p -> p instanceof Struct period
                    && period.get(PRIORITY) instanceof Long && period.get(SECONDS) instanceof Long);
            case MEMORY -> value instanceof Seq list && list.stream().allMatch(r -> r instanceof Struct reservation
                    && reservation.get(NODE) instanceof Long && reservation.get(LIMITS) instanceof Struct);
            case LEVELS -> value instanceof Seq list && list.stream()
                    .allMatch(l -> l instanceof Struct level && pattern(level.text(PATTERN))
                            && level.whole(LEVEL, -1) >= 0);
            case ANY -> true;
        };
    }

    /// One that another pattern may follow in an argument.
    private static boolean pattern(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> c == '=' || c == ',');
    }

    /// Names with values of one type; a null takes one away that an earlier file gave.
    private static boolean each(Object value, Class<?> type) {
        return value instanceof Struct map && map.names().stream()
                .allMatch(name -> map.get(name) instanceof Null || type.isInstance(map.get(name)));
    }

    private static boolean duration(String text) {
        try {
            GoDuration.parse(text);
            return true;
        } catch (IllegalArgumentException none) {
            return false;
        }
    }

    /// A value that fits, as an argument.
    String text(Object value) {
        return switch (this) {
            case LIST, NETWORKS -> String.join(",", ((Seq) value).texts());
            case THRESHOLDS -> joined((Struct) value, "<");
            case PAIRS, GATES -> joined((Struct) value, "=");
            case TAINTS -> ((Seq) value).structs().stream()
                    .map(t -> t.text("key") + (t.has("value") ? "=" + t.text("value") : "") + ":" + t.text("effect"))
                    .collect(Collectors.joining(","));
            case PRIORITIES -> ((Seq) value).structs().stream()
                    .map(p -> p.whole(PRIORITY, 0) + "=" + p.whole(SECONDS, 0)).collect(Collectors.joining(","));
            case LEVELS -> ((Seq) value).structs().stream().map(l -> l.text(PATTERN) + "=" + l.whole(LEVEL, 0))
                    .collect(Collectors.joining(","));
            case MEMORY -> ((Seq) value).structs().stream()
                    .map(r -> r.whole(NODE, 0) + ":" + joined(r.struct(LIMITS), "=")).collect(Collectors.joining(";"));
            default -> String.valueOf(value);
        };
    }

    private static String joined(Struct map, String sign) {
        return map.names().stream().map(name -> name + sign + map.get(name)).collect(Collectors.joining(","));
    }

    /// An argument as the field's value. What cannot be read stays text.
    Object value(String text) {
        return switch (this) {
            case BOOL -> Boolean.valueOf(text);
            case INT, POSITIVE ->
                text.isEmpty() || !text.chars().skip(text.startsWith("-") ? 1 : 0).allMatch(Character::isDigit)
                        ? text : Long.valueOf(text);
            case FLOAT -> Double.valueOf(text);
            case LIST -> Seq.copyOf(parts(text));
            case THRESHOLDS -> map(text, '<');
            case PAIRS -> map(text, '=');
            case GATES -> gates(map(text, '='));
            case TAINTS -> Seq.copyOf(parts(text).stream().map(FieldType::taint).toList());
            case PRIORITIES -> Seq.copyOf(parts(text).stream().map(FieldType::period).toList());
            case MEMORY -> Seq.copyOf(Arrays.stream(text.split(";")).filter(part -> !part.isBlank())
                    .map(FieldType::reservation).toList());
            default -> text;
        };
    }

    private static List<String> parts(String text) {
        return Arrays.stream(text.split(",")).map(String::strip).filter(part -> !part.isEmpty()).toList();
    }

    private static Struct map(String text, char sign) {
        Struct.Builder map = Struct.builder();
        for (String part : parts(text)) {
            int at = part.indexOf(sign);
            map.put(at < 0 ? part : part.substring(0, at).strip(), at < 0 ? "" : part.substring(at + 1).strip());
        }
        return map.build();
    }

    private static Struct gates(Struct texts) {
        Struct.Builder gates = Struct.builder();
        texts.texts().forEach((name, value) -> gates.put(name,
                List.of("1", "t", "true").contains(value.toLowerCase(Locale.ROOT))));
        return gates.build();
    }

    private static Struct taint(String text) {
        int effect = text.lastIndexOf(':');
        String pair = effect < 0 ? text : text.substring(0, effect);
        int value = pair.indexOf('=');
        return Struct.builder().put("key", value < 0 ? pair : pair.substring(0, value))
                .putUnlessEmpty("value", value < 0 ? "" : pair.substring(value + 1))
                .put("effect", effect < 0 ? "" : text.substring(effect + 1)).build();
    }

    private static Struct period(String text) {
        int eq = text.indexOf('=');
        return Struct.of(PRIORITY, Long.valueOf(text.substring(0, eq)), SECONDS, Long.valueOf(text.substring(eq + 1)));
    }

    private static Struct reservation(String text) {
        int colon = text.indexOf(':');
        return Struct.of(NODE, Long.valueOf(text.substring(0, Math.max(0, colon)).strip()), LIMITS,
                map(text.substring(colon + 1), '='));
    }

    /// Whether a value that fits says no more than the field's absence, by upstream's defaulting.
    boolean unset(Object value) {
        return switch (this) {
            case POSITIVE -> value.equals(0L);
            case DURATION, PERIOD -> GoDuration.parse((String) value).isZero();
            case STRING, ENDPOINT, FAMILIES -> value.equals("");
            case LIST, NETWORKS, TAINTS, PRIORITIES, MEMORY, LEVELS -> value.equals(Seq.EMPTY);
            case GATES -> value.equals(Struct.EMPTY);
            default -> false;
        };
    }

    /// Whether two values mean the same.
    boolean same(Object a, Object b) {
        return switch (this) {
            case DURATION -> fits(a) && fits(b)
                    ? GoDuration.parse((String) a).equals(GoDuration.parse((String) b)) : a.equals(b);
            case FLOAT -> a instanceof Number one && b instanceof Number other
                    && one.doubleValue() == other.doubleValue();
            default -> a.equals(b);
        };
    }
}
