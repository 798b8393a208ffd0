package io.k3j.celestimates;

import static io.k3j.celestimates.Extent.product;
import static io.k3j.celestimates.Extent.sum;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.types.CelKind;
import io.k3j.celestimates.CallEstimates.Estimate;
import io.k3j.schema.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an expression costs at most by upstream's estimate, which is bound to be the same: it decides which
/// definitions are accepted. Each node is looked at once. For one expression and one thread.
///
/// Upstream's estimate is no bound of what an evaluation costs: it takes names of maps to be empty, numbers that
/// stand in a schema to have no size, and elements of what was computed to be as large as `self`.
public final class Estimator {
    private static final int LIST = 10;
    private static final int MAP = 30;
    private static final int OBJECT = 40;
    private final CelAbstractSyntaxTree ast;
    private final CallEstimates calls;
    private final Place root;
    private final KnownSizes known;

    /// Of one checked expression.
    ///
    /// @param root of `self`, and of whatever else has a name
    public Estimator(CelAbstractSyntaxTree ast, Shape root, ShapeSizes sizes) {
        this.ast = ast;
        this.root = Place.of(root);
        this.known = new KnownSizes(ast, sizes);
        this.calls = new CallEstimates(sizes);
    }

    /// What it costs at most; the largest long where nobody knows a bound.
    public long cost() {
        return cost(ast.getExpr());
    }

    private long cost(CelExpr e) {
        return switch (e.exprKind().getKind()) {
            case IDENT -> {
                KnownSizes.Variable local = known.local(e);
                known.place(e, local == null ? root : local.place());
                yield 1;
            }
            case SELECT -> select(e, e.select());
            case CALL -> call(e, e.call());
            case LIST -> list(e, e.list());
            case MAP -> map(e, e.map());
            case STRUCT -> {
                long total = OBJECT;
                for (CelExpr.CelStruct.Entry entry : e.struct().entries()) {
                    total = sum(total, cost(entry.value()));
                }
                yield total;
            }
            case COMPREHENSION -> binds(e.comprehension()) ? bind(e, e.comprehension()) : fold(e, e.comprehension());
            case CONSTANT, NOT_SET -> 0;
        };
    }

    private long select(CelExpr e, CelExpr.CelSelect s) {
        long operand = cost(s.operand());
        if (s.testOnly()) {
            return operand;
        }
        Place around = known.place(s.operand());
        // what stands nowhere begins at the root with its first step
        known.place(e, around == null ? root : around.field(s.field()));
        return switch (known.type(s.operand()).kind()) {
            case MAP, STRUCT, TYPE_PARAM -> sum(operand, 1);
            default -> operand;
        };
    }

    private long call(CelExpr e, CelCall call) {
        if (call.function().equals("dyn") && call.args().size() == 1) {
            long argument = cost(call.args().getFirst());
            known.copy(e, call.args().getFirst());
            return sum(argument, 1);
        }
        List<Operand> arguments = new ArrayList<>();
        List<Long> costs = new ArrayList<>();
        for (CelExpr argument : call.args()) {
            costs.add(cost(argument));
            arguments.add(known.operand(argument));
        }
        long before = call.target().map(this::cost).orElse(0L);
        Operand target = call.target().map(known::operand).orElse(null);
        List<String> overloads = ast.getReference(e.id()).map(r -> List.copyOf(r.overloadIds())).orElse(List.of());
        return switch (call.function()) {
            case "_&&_", "_||_" -> sum(costs.get(0), costs.get(1));
            case "_?_:_" -> conditional(e, arguments, costs);
            default -> {
                long total = sum(before, function(e, call.function(), overloads, target, arguments));
                for (long cost : costs) {
                    total = sum(total, cost);
                }
                yield total;
            }
        };
    }

    private long conditional(CelExpr e, List<Operand> arguments, List<Long> costs) {
        known.extent(e, arguments.get(1).extent().or(arguments.get(2).extent()));
        known.both(e, arguments.get(1).expression(), arguments.get(2).expression());
        return sum(costs.get(0), Math.max(costs.get(1), costs.get(2)));
    }

    /// The dearest of all forms that fit.
    private long function(CelExpr e, String function, List<String> overloads, @Nullable Operand target,
            List<Operand> arguments) {
        long most = 0;
        Extent result = null;
        for (String overload : overloads) {
            Estimate estimate = overload.startsWith("add_") && arguments.size() == 2
                    ? added(e, overload, arguments)
                    : calls.of(function, overload, target, arguments);
            most = Math.max(most, estimate.cost());
            Extent made = estimate.result();
            result = made == null ? result : result == null ? made : result.or(made);
            if (overload.equals("index_list") || overload.equals("index_map")) {
                KnownSizes.Entries of = known.entries(arguments.getFirst().expression());
                result = of == null ? null : of.values();
                Place around = arguments.getFirst().place();
                known.place(e, around == null ? root : around.elements());
            }
            result = result == null ? known.extent(e) : result;
        }
        if (result != null) {
            known.extent(e, result);
        }
        return most;
    }

    private Estimate added(CelExpr e, String overload, List<Operand> arguments) {
        Extent size = arguments.get(0).extent().plus(arguments.get(1).extent());
        return switch (overload) {
            case "add_list" -> {
                known.both(e, arguments.get(0).expression(), arguments.get(1).expression());
                yield new Estimate(1, size);
            }
            case "add_string", "add_bytes" -> {
                known.both(e, arguments.get(0).expression(), arguments.get(1).expression());
                yield new Estimate(size.costing(CallEstimates.TRAVERSAL), size);
            }
            default -> new Estimate(1, null);
        };
    }

    private long list(CelExpr e, CelExpr.CelList l) {
        long total = LIST;
        Extent values = null;
        for (CelExpr element : l.elements()) {
            total = sum(total, cost(element));
            values = known.wider(values, element);
        }
        known.entries(e, new KnownSizes.Entries(true, Extent.of(1), values == null ? Extent.of(0) : values));
        return total;
    }

    private long map(CelExpr e, CelExpr.CelMap m) {
        long total = MAP;
        Extent keys = null;
        Extent values = null;
        for (CelExpr.CelMap.Entry entry : m.entries()) {
            total = sum(total, sum(cost(entry.key()), cost(entry.value())));
            keys = known.wider(keys, entry.key());
            values = known.wider(values, entry.value());
        }
        known.entries(e, new KnownSizes.Entries(false, keys == null ? Extent.of(0) : keys,
                values == null ? Extent.of(0) : values));
        return total;
    }

    private long fold(CelExpr e, CelComprehension c) {
        long total = sum(cost(c.iterRange()), cost(c.accuInit()));
        known.push(c.accuVar(), known.variable(c.accuInit()));
        iterate(c);
        long step = sum(cost(c.loopCondition()), cost(c.loopStep()));
        known.pop(c.iterVar());
        if (!c.iterVar2().isEmpty()) {
            known.pop(c.iterVar2());
        }
        total = sum(total, cost(c.result()));
        known.pop(c.accuVar());
        Extent times = KnownSizes.orUnknown(known.extent(c.iterRange()));
        switch (c.accuInit().exprKind().getKind()) {
            case CONSTANT -> known.extent(e, KnownSizes.orUnknown(known.extent(c.accuInit())));
            case LIST, MAP -> {
                known.extent(e, times);
                KnownSizes.Entries made = known.entries(c.loopStep());
                if (made != null) {
                    known.entries(e, made);
                }
            }
            default -> {
            }
        }
        return sum(total, product(times.most(), step));
    }

    private void iterate(CelComprehension c) {
        KnownSizes.Entries of = known.entries(c.iterRange());
        boolean list = of == null ? known.type(c.iterRange()).kind() == CelKind.LIST : of.list();
        Place range = known.place(c.iterRange());
        KnownSizes.Variable value = new KnownSizes.Variable(range == null ? root : range.elements(),
                of == null ? null : of.values(), null);
        Place keys = range == null ? root : list ? Place.indices() : range.keys();
        KnownSizes.Variable key = new KnownSizes.Variable(keys, of == null ? null : of.keys(), null);
        if (c.iterVar2().isEmpty()) {
            known.push(c.iterVar(), list ? value : key);
        } else {
            known.push(c.iterVar(), key);
            known.push(c.iterVar2(), value);
        }
    }

    /// A comprehension that goes nowhere only gives a name to a value.
    private static boolean binds(CelComprehension c) {
        return c.iterRange().exprKind().getKind() == CelExpr.ExprKind.Kind.LIST
                && c.iterRange().list().elements().isEmpty()
                && c.loopCondition().exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && c.loopCondition().constant().getKind() == CelConstant.Kind.BOOLEAN_VALUE
                && !c.loopCondition().constant().booleanValue();
    }

    private long bind(CelExpr e, CelComprehension c) {
        long total = sum(cost(c.iterRange()), cost(c.accuInit()));
        known.push(c.accuVar(), known.variable(c.accuInit()));
        total = sum(total, cost(c.result()));
        known.pop(c.accuVar());
        known.copy(e, c.result());
        return total;
    }
}
