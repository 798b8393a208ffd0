package io.k3j.celestimates;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an [Estimator] knows of the nodes it has been at: where they stand in the schema, and how large they are. For
/// one expression and one thread.
final class KnownSizes {
    private final CelAbstractSyntaxTree ast;
    private final ShapeSizes sizes;
    private final Map<Long, Place> places = new HashMap<>();
    private final Map<Long, Extent> extents = new HashMap<>();
    private final Map<Long, Entries> entries = new HashMap<>();
    private final Map<String, Deque<Variable>> variables = new HashMap<>();

    KnownSizes(CelAbstractSyntaxTree ast, ShapeSizes sizes) {
        this.ast = ast;
        this.sizes = sizes;
    }

    /// How large keys and values of what an expression makes are.
    record Entries(boolean list, Extent keys, Extent values) {
        Entries or(Entries other) {
            return new Entries(list, keys.or(other.keys), values.or(other.values));
        }
    }

    /// A variable of a comprehension; null for what is not known.
    record Variable(@Nullable Place place, @Nullable Extent size, @Nullable Entries entries) {
    }

    void push(String name, Variable variable) {
        variables.computeIfAbsent(name, _ -> new ArrayDeque<>()).push(variable);
    }

    void pop(String name) {
        variables.getOrDefault(name, new ArrayDeque<>()).poll();
    }

    /// The innermost variable of a name; null for what is no such name.
    @Nullable
    Variable local(CelExpr e) {
        Deque<Variable> named = e.exprKind().getKind() == CelExpr.ExprKind.Kind.IDENT
                ? variables.get(e.ident().name())
                : null;
        return named == null ? null : named.peek();
    }

    /// A variable that is the value of an expression.
    Variable variable(CelExpr of) {
        return new Variable(place(of), extent(of), entries(of));
    }

    CelType type(CelExpr e) {
        return ast.getType(e.id()).orElse(SimpleType.DYN);
    }

    void place(CelExpr e, @Nullable Place place) {
        if (place != null) {
            places.put(e.id(), place);
        }
    }

    @Nullable
    Place place(CelExpr e) {
        return places.get(e.id());
    }

    Operand operand(CelExpr e) {
        return new Operand(e, type(e), place(e), extent(e));
    }

    void entries(CelExpr e, Entries made) {
        entries.put(e.id(), made);
    }

    @Nullable
    Entries entries(CelExpr e) {
        Entries made = entries.get(e.id());
        Variable local = made == null ? local(e) : null;
        return local == null ? made : local.entries;
    }

    /// What is one of two.
    void both(CelExpr e, CelExpr left, CelExpr right) {
        Entries first = entries(left);
        Entries second = entries(right);
        if (first != null && second != null) {
            entries(e, first.or(second));
        }
    }

    void extent(CelExpr e, Extent size) {
        extents.put(e.id(), size);
    }

    /// Null where nobody knows.
    @Nullable
    Extent extent(CelExpr e) {
        Extent known = extents.get(e.id());
        known = known == null ? written(e) : known;
        Place place = known == null ? place(e) : null;
        if (place != null) {
            known = place.extent(sizes);
        }
        if (known != null) {
            extents.put(e.id(), known);
            return known;
        }
        Variable local = local(e);
        return scalar(type(e)) ? Extent.of(1) : local == null ? null : local.size;
    }

    /// Of what is written out.
    private static @Nullable Extent written(CelExpr e) {
        return switch (e.exprKind().getKind()) {
            case CONSTANT -> switch (e.constant().getKind()) {
                case STRING_VALUE -> characters(e.constant().stringValue());
                case BYTES_VALUE -> Extent.of(e.constant().bytesValue().size());
                default -> Extent.of(1);
            };
            case LIST -> Extent.of(e.list().elements().size());
            case MAP -> Extent.of(e.map().entries().size());
            default -> null;
        };
    }

    private static Extent characters(String text) {
        return Extent.of(text.codePointCount(0, text.length()));
    }

    private static boolean scalar(CelType type) {
        return switch (type.kind()) {
            case BOOL, DOUBLE, DURATION, INT, TIMESTAMP, UINT -> true;
            case OPAQUE -> type.name().equals("optional_type") && scalar(type.parameters().getFirst());
            default -> false;
        };
    }

    static Extent orUnknown(@Nullable Extent size) {
        return size == null ? Extent.UNKNOWN : size;
    }

    /// One more possibility.
    Extent wider(@Nullable Extent before, CelExpr e) {
        Extent size = orUnknown(extent(e));
        return before == null ? size : before.or(size);
    }

    void copy(CelExpr to, CelExpr from) {
        Extent size = extent(from);
        if (size != null) {
            extent(to, size);
        }
        Entries made = entries(from);
        if (made != null) {
            entries(to, made);
        }
    }
}
