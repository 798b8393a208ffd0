package io.k3j.cel;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.ast.CelExpr.CelCall;
import dev.cel.common.ast.CelExpr.CelComprehension;
import dev.cel.common.ast.CelReference;
import dev.cel.common.types.CelKind;
import io.k3j.apimachinery.GoRegex;
import io.k3j.celvalues.EvalFailure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Makes nodes of a checked tree. Used once, by one thread.
final class Planner {
    private final CelAbstractSyntaxTree ast;
    private final Functions functions;
    private final Inputs inputs;
    /// Variables of comprehensions around the place.
    private Map<String, Integer> locals = Map.of();
    private long states;

    Planner(CelAbstractSyntaxTree ast, Functions functions, Inputs inputs) {
        this.ast = ast;
        this.functions = functions;
        this.inputs = inputs;
    }

    /// Those of the regular expressions that were compiled.
    long states() {
        return states;
    }

    Node plan() {
        return plan(ast.getExpr());
    }

    private Node plan(CelExpr e) {
        return switch (e.exprKind().getKind()) {
            case CONSTANT -> new Node.Constant(constant(e.constant()));
            case IDENT -> name(e, e.ident().name());
            case SELECT -> select(e);
            case CALL -> call(e, e.call());
            case LIST -> list(e.list());
            case MAP -> map(e.map());
            case STRUCT -> struct(e.struct());
            case COMPREHENSION -> fold(e.comprehension());
            case NOT_SET -> throw new IllegalStateException("an expression without a kind");
        };
    }

    private static Object constant(CelConstant c) {
        return switch (c.getKind()) {
            case NULL_VALUE -> c.nullValue();
            case BOOLEAN_VALUE -> c.booleanValue();
            case INT64_VALUE -> c.int64Value();
            case UINT64_VALUE -> c.uint64Value();
            case DOUBLE_VALUE -> c.doubleValue();
            case STRING_VALUE -> c.stringValue();
            case BYTES_VALUE -> c.bytesValue();
            default -> throw new IllegalStateException("a constant of kind " + c.getKind());
        };
    }

    private Node name(CelExpr e, String written) {
        CelReference reference = ast.getReference(e.id()).orElse(null);
        if (reference != null && reference.value().isPresent()) {
            return new Node.Constant(constant(reference.value().get()));
        }
        String name = reference == null ? written : reference.name();
        Integer local = locals.get(name);
        if (local != null) {
            return new Node.Local(local);
        }
        int slot = inputs.slot(name.startsWith(".") ? name.substring(1) : name);
        if (slot >= 0) {
            return new Node.Input(slot);
        }
        if (ast.getType(e.id()).filter(t -> t.kind() == CelKind.TYPE).isPresent()) {
            return new Node.Constant(new TypeName(name));
        }
        throw new IllegalStateException("a name that was not declared: " + name);
    }

    private Node select(CelExpr e) {
        CelExpr.CelSelect s = e.select();
        if (ast.getReference(e.id()).isPresent()) {
            return name(e, s.field());
        }
        Node operand = plan(s.operand());
        long cost = operand.attribute() ? 1 : 2;
        return s.testOnly() ? new Node.Has(operand, s.field(), cost - 1) : new Node.Select(operand, s.field(), cost);
    }

    private Node call(CelExpr e, CelCall c) {
        List<Node> arguments = new ArrayList<>();
        c.target().ifPresent(t -> arguments.add(plan(t)));
        c.args().forEach(a -> arguments.add(plan(a)));
        return switch (c.function()) {
            case "_&&_" -> new Node.Logic(arguments.get(0), arguments.get(1), false);
            case "_||_" -> new Node.Logic(arguments.get(0), arguments.get(1), true);
            case "_?_:_" -> new Node.Conditional(arguments.get(0), arguments.get(1), arguments.get(2));
            case "@not_strictly_false", "__not_strictly_false__" -> new Node.NotStrictlyFalse(arguments.getFirst());
            case "_?._" -> new Node.OptionalSelect(arguments.get(0), text(c.args().get(1)),
                    arguments.get(0).attribute() ? 1 : 2);
            default -> function(e, c, arguments);
        };
    }

    private static String text(CelExpr e) {
        return e.constant().stringValue();
    }

    private Node function(CelExpr e, CelCall c, List<Node> arguments) {
        List<String> ids = ast.getReference(e.id()).map(CelReference::overloadIds).map(List::copyOf).orElse(List.of());
        if (ids.contains("optional_or_optional") || ids.contains("optional_orValue_value")) {
            return new Node.OrElse(arguments.get(0), arguments.get(1), c.function().equals("orValue"));
        }
        Functions.Overload[] overloads = ids.stream().map(functions::find).filter(Objects::nonNull)
                .toArray(Functions.Overload[]::new);
        if (overloads.length == 0) {
            throw new IllegalStateException("a function without an implementation: " + c.function() + " " + ids);
        }
        Costs.Rule[] costs = new Costs.Rule[overloads.length];
        for (int i = 0; i < costs.length; i++) {
            costs[i] = Costs.of(c.function(), overloads[i].id());
        }
        Node.Call call = new Node.Call(arguments.toArray(Node[]::new), overloads, costs);
        return switch (c.function()) {
            case "_[_]", "_[?_]" -> new Node.Index(call, arguments.getFirst());
            case "@in", "duration", "timestamp", "int", "uint", "double", "string", "bytes", "bool" -> folded(c, call);
            default -> {
                Node prepared = Patterns.prepared(c.function(), call);
                if (prepared != call && arguments.get(1) instanceof Node.Constant regex) {
                    states += GoRegex.of((String) regex.value()).states();
                }
                yield prepared;
            }
        };
    }

    /// What upstream computes beforehand: conversions of literals, and the look-up in a list of them.
    private Node folded(CelCall c, Node.Call call) {
        Node[] arguments = call.arguments();
        if (c.function().equals("@in")) {
            return arguments[1] instanceof Node.Constant l && l.value() instanceof List<?> list
                    && list.stream().allMatch(Planner::simple) ? new Membership(arguments[0], Set.copyOf(list), list)
                            : call;
        }
        if (arguments.length != 1 || !(arguments[0] instanceof Node.Constant)) {
            return call;
        }
        return literal(call, call);
    }

    private static boolean simple(Object value) {
        return value instanceof String || value instanceof Boolean || value instanceof Long;
    }

    /// The value of what is made of literals only; the node itself where that fails.
    private static Node literal(Node made, Node otherwise) {
        Object value = Node.attempt(made, Membership.nothing());
        return value instanceof EvalFailure ? otherwise : new Node.Constant(value);
    }

    private Node list(CelExpr.CelList l) {
        Node made = new Node.ListOf(l.elements().stream().map(this::plan).toList(), Set.copyOf(l.optionalIndices()));
        boolean literals = ((Node.ListOf) made).elements().stream().allMatch(Node.Constant.class::isInstance);
        return literals && l.optionalIndices().isEmpty() ? literal(made, made) : made;
    }

    private Node map(CelExpr.CelMap m) {
        List<Node.Entry> entries = m.entries().stream()
                .map(e -> new Node.Entry(plan(e.key()), plan(e.value()), e.optionalEntry())).toList();
        Node made = new Node.MapOf(entries);
        boolean literals = entries.stream().allMatch(
                e -> !e.optional() && e.key() instanceof Node.Constant && e.value() instanceof Node.Constant);
        return literals ? literal(made, made) : made;
    }

    private Node struct(CelExpr.CelStruct s) {
        return new Node.ObjectOf(s.messageName(), s.entries().stream().map(
                e -> new Node.Entry(new Node.Constant(e.fieldKey()), plan(e.value()), e.optionalEntry())).toList());
    }

    private Node fold(CelComprehension c) {
        Node range = plan(c.iterRange());
        Node start = plan(c.accuInit());
        Map<String, Integer> around = locals;
        int accumulator = inputs.local(c.accuVar());
        int variable = inputs.local(c.iterVar());
        int second = c.iterVar2().isEmpty() ? -1 : inputs.local(c.iterVar2());
        locals = with(around, c.accuVar(), accumulator);
        Map<String, Integer> inside = with(locals, c.iterVar(), variable);
        locals = second < 0 ? inside : with(inside, c.iterVar2(), second);
        Node condition = plan(c.loopCondition());
        Node step = plan(c.loopStep());
        locals = with(around, c.accuVar(), accumulator);
        Node result = plan(c.result());
        locals = around;
        return new Fold(range, variable, second, accumulator, start, condition, step, result);
    }

    private static Map<String, Integer> with(Map<String, Integer> around, String name, int slot) {
        Map<String, Integer> more = new HashMap<>(around);
        more.put(name, slot);
        return more;
    }
}
