package io.k3j.cel;

import dev.cel.common.values.CelByteString;
import io.k3j.celapi.CelBudget;
import io.k3j.celvalues.Opaque;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What calls cost: cel-go's interpreter and upstream's `library/cost.go`.
final class Costs {
    private static final double TRAVERSAL = 0.1;
    private static final double REGEX = 0.25;
    /// A call that makes a list.
    private static final long LIST = 11;
    private static final Rule ONE = _ -> 1;
    private static final Rule FIRST = a -> part(size(a[0]));
    private static final Rule FIRST_TWICE = a -> part(2 * size(a[0]));
    private static final Rule SMALLER = a -> part(Math.min(size(a[0]), size(a[1])));

    private Costs() {
    }

    /// What one call costs, before it is made.
    @FunctionalInterface
    interface Rule {
        long of(Object[] arguments);
    }

    static Rule of(String function, String overload) {
        return switch (function) {
            case "check" -> _ -> 350_000;
            case "fieldSelector", "labelSelector" ->
                a -> 10 + part(size(a[1])) + ceil(Math.ceil(size(a[1]) * 0.5) * 50);
            case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf", "includes" -> a -> traversal(a[0]);
            case "slice" -> a -> LIST + Math.max(0, Math.min(size(a[0]), whole(a[2])) - Math.max(0, whole(a[1])));
            case "flatten" -> a -> LIST + size(a[0]) * (a.length == 1 ? 1 : bounded(whole(a[1])));
            case "lists.range" -> a -> LIST + bounded(whole(a[0]));
            case "reverse" -> a -> LIST + size(a[0]);
            case "distinct", "sort" -> a -> comparing((List<?>) a[0]);
            case "@sortByAssociatedKeys" -> a -> comparing((List<?>) a[1]);
            case "url", "lowerAscii", "upperAscii", "substring", "trim", "jsonpatch.escapeKey", "cidr", "isIP",
                    "isCIDR",
                    "quantity", "isQuantity", "semver", "isSemver" ->
                FIRST;
            case "replace", "split", "ip.isCanonical" -> FIRST_TWICE;
            case "join" -> a -> part(2 * joined(a));
            case "find", "findAll" -> a -> matching(size(a[0]), size(a[1]));
            case "ip" -> overload.equals("cidr_ip") ? ONE : FIRST;
            case "containsIP" -> a -> part(2 * size(a[0])) + (overload.endsWith("string") ? part(size(a[1])) : 0);
            case "containsCIDR" -> a -> part(2 * size(a[0])) + part(size(a[0])) + 1
                    + (overload.endsWith("string") ? part(size(a[1])) : 0);
            case "validate" -> a -> a[0] instanceof NamedFormats.Format f ? matching(size(a[1]), f.regexSize()) : 1;
            case "sets.contains", "sets.intersects" -> a -> 1 + size(a[0]) * size(a[1]);
            case "sets.equivalent" -> a -> 1 + 2 * size(a[0]) * size(a[1]);
            default -> byOverload(overload);
        };
    }

    private static Rule byOverload(String overload) {
        return switch (overload) {
            case "starts_with_string", "ends_with_string", "string_to_bytes", "bytes_to_string", "strings_quote",
                    "string_format" ->
                FIRST;
            case "in_list" -> a -> size(a[1]);
            case "equals", "not_equals" -> a -> a[0] instanceof Opaque ? 1 : SMALLER.of(a);
            case "less_string", "greater_string", "less_equals_string", "greater_equals_string", "less_bytes",
                    "greater_bytes", "less_equals_bytes", "greater_equals_bytes" ->
                SMALLER;
            case "add_string", "add_bytes" -> a -> part(size(a[0]) + size(a[1]));
            case "matches_string", "matches" -> a -> matching(size(a[0]), size(a[1]));
            case "contains_string" -> a -> part(size(a[0])) * part(size(a[1]));
            default -> ONE;
        };
    }

    private static long whole(Object number) {
        return (Long) number;
    }

    /// Beyond what any evaluation may cost, more is not more.
    private static long bounded(long count) {
        return Math.clamp(count, 0, CelBudget.PER_CALL + 1);
    }

    /// Each element with each other one, as cel-go counts it.
    private static long comparing(List<?> list) {
        long size = Math.min(list.size(), CelBudget.PER_CALL);
        boolean texts = size > 0 && (list.getFirst() instanceof String || list.getFirst() instanceof CelByteString);
        return LIST + (long) (size * size * (texts ? 2.1 : 2.0));
    }

    private static long matching(long text, long regex) {
        return ceil((1 + text) * TRAVERSAL) * ceil(regex * REGEX);
    }

    private static long part(long size) {
        return ceil(size * TRAVERSAL);
    }

    private static long ceil(double d) {
        return (long) Math.ceil(d);
    }

    /// As cel-go's `actualSize`.
    static long size(Object value) {
        return switch (value) {
            case String s -> s.codePointCount(0, s.length());
            case CelByteString b -> b.size();
            case List<?> l -> l.size();
            case Map<?, ?> m -> m.size();
            case Opaque o -> o.size();
            case Optional<?> o when o.isPresent() -> size(o.get());
            default -> 1;
        };
    }

    /// Of all that is in a value; not counted on beyond what an evaluation may cost.
    private static long traversal(Object value) {
        return new Traversal().of(value);
    }

    private static final class Traversal {
        private long looked;

        long of(Object value) {
            if (++looked > CelBudget.PER_CALL) {
                return CelBudget.PER_CALL + 1;
            }
            return switch (value) {
                case String s -> (long) (s.length() * TRAVERSAL);
                case CelByteString b -> (long) (b.size() * TRAVERSAL);
                case List<?> l -> list(l);
                case Map<?, ?> m -> list(m.keySet()) + list(m.values());
                default -> 1;
            };
        }

        private long list(Iterable<?> elements) {
            long sum = 0;
            for (Object element : elements) {
                sum += of(element);
                if (sum > CelBudget.PER_CALL) {
                    return sum;
                }
            }
            return sum;
        }
    }

    /// How long the joined text will be.
    private static long joined(Object[] arguments) {
        long sum = 0;
        List<?> parts = (List<?>) arguments[0];
        if (parts.size() > 10 * CelBudget.PER_CALL) {
            return 100 * CelBudget.PER_CALL;
        }
        for (Object part : parts) {
            sum += size(part);
        }
        return sum + (arguments.length > 1 ? size(arguments[1]) * Math.max(0, parts.size() - 1) : 0);
    }
}
