package io.k3j.cel;

import static dev.cel.common.types.SimpleType.DYN;
import static dev.cel.common.types.SimpleType.INT;

import com.google.common.collect.ImmutableList;
import com.google.common.primitives.UnsignedLong;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.ListType;
import dev.cel.common.types.OptionalType;
import dev.cel.common.types.TypeParamType;
import dev.cel.common.values.CelByteString;
import dev.cel.parser.CelMacro;
import dev.cel.parser.CelMacroExprFactory;
import io.k3j.celapi.CelBudget;
import io.k3j.celvalues.EvalFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// cel-go's library of lists, version 3, and of version 2 of the optional types what cel-java does not have. Ours,
/// since cel-java's counts no costs and compares values in its own way.
final class ListExtensions {
    private static final String SORT = "@sortByAssociatedKeys";
    private static final String INPUT = "@__sortBy_input__";
    private static final ListType LIST = ListType.create(TypeParamType.create("T"));
    /// The kinds of expressions cel-go takes before `sortBy`.
    private static final Set<CelExpr.ExprKind.Kind> TARGETS = Set.of(CelExpr.ExprKind.Kind.LIST,
            CelExpr.ExprKind.Kind.SELECT, CelExpr.ExprKind.Kind.IDENT, CelExpr.ExprKind.Kind.COMPREHENSION,
            CelExpr.ExprKind.Kind.CALL);

    private ListExtensions() {
    }

    static void enter(Functions f) {
        f.member("slice", "list_slice", LIST, (_, a) -> slice((List<?>) a[0], (Long) a[1], (Long) a[2]), LIST, INT,
                INT);
        f.member("flatten", "list_flatten", LIST, (frame, a) -> flatten(frame, (List<?>) a[0], 1),
                ListType.create(LIST));
        f.member("flatten", "list_flatten_int", ListType.create(DYN),
                (frame, a) -> flatten(frame, (List<?>) a[0], (Long) a[1]), ListType.create(DYN), INT);
        f.member("distinct", "list_distinct", LIST, (frame, a) -> distinct(frame, (List<?>) a[0]), LIST);
        f.member("reverse", "list_reverse", LIST, (_, a) -> {
            List<Object> all = new ArrayList<>((List<?>) a[0]);
            Collections.reverse(all);
            return all;
        }, LIST);
        f.global("lists.range", "lists_range", ListType.create(INT),
                (_, a) -> LongStream.range(0, (Long) a[0]).boxed().toList(), INT);
        Lists.ORDERED.forEach((name, type) -> {
            f.member("sort", "list_" + name + "_sort", ListType.create(type),
                    (frame, a) -> sorted(frame, (List<?>) a[0], (List<?>) a[0]), ListType.create(type));
            f.member(SORT, "list_" + name + "_sortByAssociatedKeys", LIST,
                    (frame, a) -> sorted(frame, (List<?>) a[0], (List<?>) a[1]), LIST, ListType.create(type));
        });
        f.member("unwrapOpt", "optional_unwrapOpt", LIST, (frame, a) -> unwrapped(frame, (List<?>) a[0]),
                ListType.create(OptionalType.create(TypeParamType.create("T"))));
    }

    /// `list.sortBy(e, key)`.
    static CelMacro macro() {
        return CelMacro.newReceiverMacro("sortBy", 2, ListExtensions::sortBy);
    }

    /// Sorts what the list is by the keys that a comprehension over it gives, the list being evaluated once.
    private static Optional<CelExpr> sortBy(CelMacroExprFactory make, CelExpr target,
            ImmutableList<CelExpr> arguments) {
        if (!TARGETS.contains(target.exprKind().getKind())) {
            return Optional.of(make.reportError("sortBy can only be applied to a list, identifier, comprehension, call"
                    + " or select expression"));
        }
        if (arguments.getFirst().exprKind().getKind() != CelExpr.ExprKind.Kind.IDENT) {
            return Optional.of(make.reportError("argument is not an identifier"));
        }
        String all = make.getAccumulatorVarName();
        CelExpr keys = make.fold(arguments.getFirst().ident().name(), make.newIdentifier(INPUT), all, make.newList(),
                make.newBoolLiteral(true), make.newGlobalCall("_+_", make.newIdentifier(all),
                        make.newList(arguments.get(1))),
                make.newIdentifier(all));
        return Optional.of(make.fold("#unused", make.newList(), INPUT, target, make.newBoolLiteral(false),
                make.newIdentifier(INPUT), make.newReceiverCall(SORT, make.newIdentifier(INPUT), keys)));
    }

    private static List<Object> slice(List<?> list, long from, long to) {
        String call = "cannot slice(" + from + ", " + to + "), ";
        if (from < 0 || to < 0) {
            throw new EvalFailure(call + "negative indexes not supported");
        }
        if (from > to) {
            throw new EvalFailure(call + "start index must be less than or equal to end index");
        }
        if (to > list.size()) {
            throw new EvalFailure(call + "list is length " + list.size());
        }
        return new ArrayList<>(list.subList((int) from, (int) to));
    }

    private static List<Object> flatten(Frame frame, List<?> list, long depth) {
        if (depth < 0) {
            throw new EvalFailure("level must be non-negative");
        }
        List<Object> flat = new ArrayList<>();
        flatten(frame, list, depth, flat);
        return flat;
    }

    /// The costs are those of the outer list: what the inner ones hold is bounded here.
    private static void flatten(Frame frame, List<?> list, long depth, List<Object> flat) {
        for (Object element : list) {
            frame.step();
            if (depth > 0 && element instanceof List<?> inner) {
                flatten(frame, inner, depth - 1, flat);
            } else if (flat.size() >= CelBudget.PER_CALL) {
                throw Frame.tooMuch();
            } else {
                flat.add(element);
            }
        }
    }

    private static List<Object> distinct(Frame frame, List<?> list) {
        Set<Object> seen = new HashSet<>();
        List<Object> all = new ArrayList<>();
        for (Object element : list) {
            if (seen.add(HashKey.of(frame, element))) {
                all.add(element);
            }
        }
        return all;
    }

    private static List<Object> sorted(Frame frame, List<?> list, List<?> keys) {
        if (list.size() != keys.size()) {
            throw new EvalFailure(
                    "@sortByAssociatedKeys() expected a list of the same size as the associated keys list,"
                            + " but got " + list.size() + " and " + keys.size() + " elements respectively");
        }
        for (Object key : keys) {
            if (!ordered(keys.getFirst())) {
                throw new EvalFailure("list elements must be comparable");
            }
            if (key.getClass() != keys.getFirst().getClass()) {
                throw new EvalFailure("list elements must have the same type");
            }
        }
        List<Object> result = new ArrayList<>(list.size());
        IntStream.range(0, list.size()).boxed().sorted((i, j) -> {
            frame.step();
            return order(keys.get(i), keys.get(j));
        }).forEach(i -> result.add(list.get(i)));
        return result;
    }

    private static boolean ordered(Object key) {
        return switch (key) {
            case Long _,UnsignedLong _,Double _,Boolean _,String _,CelByteString _,Instant _,Duration _ -> true;
            default -> false;
        };
    }

    /// NaN stands last: a sort needs an order.
    private static int order(Object a, Object b) {
        return a instanceof Double x && b instanceof Double y ? Double.compare(x, y) : Equality.order(a, b);
    }

    private static List<Object> unwrapped(Frame frame, List<?> list) {
        List<Object> all = new ArrayList<>();
        for (Object element : list) {
            frame.step();
            if (!(element instanceof Optional<?> optional)) {
                throw new EvalFailure("value " + TypeName.of(element).name() + " is not optional");
            }
            optional.ifPresent(all::add);
        }
        return all;
    }
}
