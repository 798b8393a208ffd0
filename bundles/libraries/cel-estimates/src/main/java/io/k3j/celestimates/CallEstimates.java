package io.k3j.celestimates;

import static io.k3j.celestimates.Extent.UNBOUNDED;
import static io.k3j.celestimates.Extent.product;
import static io.k3j.celestimates.Extent.scaled;
import static io.k3j.celestimates.Extent.sum;

import dev.cel.common.types.CelType;
import io.k3j.celvalues.Opaques;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What calls are estimated to cost: cel-go's `checker/cost.go` and upstream's `library/cost.go`. Any change would
/// refuse definitions that are accepted today, or accept what upstream refuses.
final class CallEstimates {
    static final double TRAVERSAL = 0.1;
    private static final double REGEX = 0.25;
    private static final int LONGEST_FORMAT_REGEX = 128;
    private static final int LONGEST_FORMAT = 64;
    /// Bytes of the longest address.
    private static final int ADDRESS = 16;
    private static final Estimate ONE = new Estimate(1, null);
    private final ShapeSizes sizes;

    CallEstimates(ShapeSizes sizes) {
        this.sizes = sizes;
    }

    /// @param result how large the result is; null where the call does not tell
    record Estimate(long cost, @Nullable Extent result) {
    }

    /// What one form of a function costs, without its arguments.
    Estimate of(String function, String overload, @Nullable Operand target, List<Operand> arguments) {
        if (target != null) {
            Estimate member = member(function, overload, target, arguments);
            if (member != null) {
                return member;
            }
        }
        if (arguments.isEmpty()) {
            return ONE;
        }
        Extent first = arguments.getFirst().extent();
        return switch (function) {
            case "url", "jsonpatch.escapeKey" -> new Estimate(first.costing(TRAVERSAL), first);
            case "cidr", "isIP", "isCIDR", "ip", "quantity", "isQuantity", "semver", "isSemver" ->
                part(first);
            case "ip.isCanonical" -> new Estimate(first.costing(2 * TRAVERSAL), null);
            case "lists.range" -> list(1, Extent.of(Math.max(0, arguments.getFirst().literal(UNBOUNDED))));
            case "sets.contains", "sets.intersects", "sets.equivalent" -> new Estimate(sum(1, scaled(
                    first.times(arguments.get(1).extent()).most(), function.equals("sets.equivalent") ? 2 : 1)), null);
            case "@sortByAssociatedKeys" -> compared(first, overload);
            case "_==_" -> equal(arguments.get(0), arguments.get(1));
            default -> byOverload(overload, arguments);
        };
    }

    private static Estimate part(Extent text) {
        return new Estimate(text.costing(TRAVERSAL), null);
    }

    private static Estimate byOverload(String overload, List<Operand> arguments) {
        Extent first = arguments.getFirst().extent();
        Extent last = arguments.getLast().extent();
        return switch (overload) {
            case "string_to_bytes" -> new Estimate(first.costing(TRAVERSAL),
                    new Extent(first.least(), product(first.most(), 4)));
            case "bytes_to_string" -> new Estimate(first.costing(TRAVERSAL),
                    new Extent(first.least() / 4, first.most()));
            case "strings_quote" -> new Estimate(first.costing(TRAVERSAL),
                    new Extent(sum(first.least(), 2), sum(product(first.most(), 2), 2)));
            case "in_list" -> new Estimate(last.most(), null);
            case "less_string", "greater_string", "less_equals_string", "greater_equals_string", "less_bytes",
                    "greater_bytes", "less_equals_bytes", "greater_equals_bytes", "equals", "not_equals" ->
                smaller(first, last);
            default -> ONE;
        };
    }

    private static Estimate smaller(Extent left, Extent right) {
        return new Estimate(scaled(Math.min(left.most(), right.most()), TRAVERSAL), null);
    }

    private static Estimate equal(Operand left, Operand right) {
        CelType type = left.type();
        if (!type.equals(right.type()) || !Opaques.ALL.contains(type)) {
            return smaller(left.extent(), right.extent());
        }
        if (type.equals(Opaques.FORMAT)) {
            return new Estimate(scaled(LONGEST_FORMAT, TRAVERSAL), null);
        }
        Extent text = right.size();
        return type.equals(Opaques.URL) && text != null ? part(text) : ONE;
    }

    private @Nullable Estimate member(String function, String overload, Operand target, List<Operand> arguments) {
        Extent size = target.extent();
        return switch (function) {
            case "check" -> new Estimate(350_000, null);
            case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf", "includes" -> looked(function, target);
            case "lowerAscii", "upperAscii", "substring", "trim" -> new Estimate(size.costing(TRAVERSAL), size);
            case "join" -> joined(target, arguments);
            case "reverse" -> list(1, size);
            case "distinct", "sort" -> compared(size, overload);
            case "flatten" -> list(arguments.isEmpty() ? 1 : Math.max(0, arguments.getFirst().literal(UNBOUNDED)),
                    size);
            case "ip", "add", "sub", "name", "value" -> ONE;
            case "format" -> part(size);
            default -> arguments.isEmpty() ? null : member(function, overload, size, arguments);
        };
    }

    private static @Nullable Estimate member(String function, String overload, Extent size, List<Operand> arguments) {
        Extent first = arguments.getFirst().extent();
        return switch (function) {
            case "fieldSelector", "labelSelector" -> new Estimate(
                    sum(sum(10, first.costing(TRAVERSAL)), scaled(first.costing(0.5), 50)), null);
            case "replace" -> new Estimate(size.costing(2 * TRAVERSAL),
                    replaced(size, first, arguments.get(1).extent()));
            case "split" -> new Estimate(size.costing(2 * TRAVERSAL), new Extent(0, pieces(size, arguments)));
            case "find", "findAll" -> new Estimate(matching(size, first), new Extent(0, size.most()));
            case "matches" -> new Estimate(matching(size, first), null);
            case "contains" -> new Estimate(product(size.costing(TRAVERSAL), first.costing(TRAVERSAL)), null);
            case "startsWith", "endsWith" -> part(first);
            case "containsIP" -> address(2, 0, overload, first);
            case "containsCIDR" -> address(3, 1, overload, first);
            case "validate" -> new Estimate(scaled(first.costing(TRAVERSAL), LONGEST_FORMAT_REGEX * REGEX), null);
            case "slice" -> slice(size, arguments);
            default -> null;
        };
    }

    /// Both addresses, each as long as the longest; a text is read first.
    private static Estimate address(int times, long more, String overload, Extent text) {
        long cost = scaled(2 * ADDRESS, TRAVERSAL) + (times > 2 ? scaled(ADDRESS, TRAVERSAL) : 0) + more;
        return new Estimate(overload.endsWith("string") ? sum(cost, text.costing(TRAVERSAL)) : cost, null);
    }

    private static long matching(Extent text, Extent regex) {
        return product(text.plus(Extent.of(1)).costing(TRAVERSAL), regex.costing(REGEX));
    }

    private static long pieces(Extent size, List<Operand> arguments) {
        long most = arguments.size() > 1 ? arguments.get(1).literal(size.most()) : size.most();
        return most < 0 ? UNBOUNDED : most;
    }

    /// Functions that look at all of a list, or of a text.
    private Estimate looked(String function, Operand target) {
        if (!target.hasElements() && !function.equals("includes")) {
            return part(target.extent());
        }
        long each = target.hasElements() && target.hasTexts()
                ? sum(1, target.elements(sizes).costing(TRAVERSAL))
                : 1;
        return new Estimate(product(target.extent().most(), each), null);
    }

    private Estimate joined(Operand target, List<Operand> arguments) {
        Extent count = target.extent();
        Extent size = target.hasElements() ? count.times(target.elements(sizes)) : Extent.of(0);
        if (!arguments.isEmpty()) {
            Extent between = new Extent(Math.max(0, count.least() - 1), Math.max(0, count.most() - 1));
            size = size.plus(arguments.getFirst().extent().times(between));
        }
        return new Estimate(size.costing(TRAVERSAL), size);
    }

    /// How long a text becomes, the shortest possible parts of it replaced by the longest, and the other way round.
    private static Extent replaced(Extent text, Extent old, Extent with) {
        long most = old.least() == 0 ? sum(text.most(), product(sum(text.most(), 1), with.most()))
                : with.most() <= old.least() ? text.most() : product(ratio(text.most(), old.least()), with.most());
        long least = old.most() == 0 ? sum(text.least(), product(sum(text.least(), 1), with.least()))
                : old.most() <= with.least() ? text.least() : product(ratio(text.least(), old.most()), with.least());
        return new Extent(least, most);
    }

    private static long ratio(long size, long of) {
        return (long) Math.ceil((double) size / of);
    }

    private static Estimate slice(Extent size, List<Operand> arguments) {
        long from = Math.max(0, arguments.get(0).literal(0));
        long to = Math.max(0, arguments.getLast().literal(size.most()));
        return list(1, Extent.of(to < from ? UNBOUNDED : to - from));
    }

    /// Each element with each other one.
    private static Estimate compared(Extent count, String overload) {
        boolean texts = overload.contains("string") || overload.contains("bytes");
        return list(texts ? 2 + TRAVERSAL : 2, count.times(count));
    }

    private static Estimate list(double factor, Extent count) {
        return new Estimate(sum(11, scaled(count.most(), factor)), count);
    }
}
