package io.k3j.cel;

import dev.cel.common.values.NullValue;
import io.k3j.celvalues.EvalFailure;
import io.k3j.celvalues.Made;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One step of a planned expression. Immutable; what changes is in the [Frame].
interface Node {
    /// The value, never null.
    /// @throws EvalFailure where the expression fails; Stopped where the evaluation ends
    Object eval(Frame f);

    /// Whether upstream resolves it as an attribute: a name with qualifiers behind it.
    default boolean attribute() {
        return false;
    }

    /// A literal; costs nothing.
    record Constant(Object value) implements Node {
        @Override
        public Object eval(Frame f) {
            return value;
        }
    }

    /// A declared variable.
    record Input(int slot) implements Node {
        @Override
        public Object eval(Frame f) {
            f.charge(1);
            return f.input(slot);
        }

        @Override
        public boolean attribute() {
            return true;
        }
    }

    /// A variable of a comprehension.
    record Local(int slot) implements Node {
        @Override
        public Object eval(Frame f) {
            f.charge(1);
            Object value = f.slots[slot];
            if (value instanceof EvalFailure failure) {
                throw failure;
            }
            return value == null ? NullValue.NULL_VALUE : value;
        }

        @Override
        public boolean attribute() {
            return true;
        }
    }

    /// A field. Of an optional object it is optional itself.
    record Select(Node operand, String field, long cost) implements Node {
        @Override
        public Object eval(Frame f) {
            Object object = operand.eval(f);
            f.charge(cost);
            if (object instanceof Optional<?> o) {
                return o.isEmpty() ? Optional.empty() : find(o.get(), field);
            }
            Object value = object instanceof Map<?, ?> m ? m.get(field) : null;
            if (value == null) {
                throw object instanceof Map ? EvalFailure.noSuchKey(field) : EvalFailure.noSuchOverload();
            }
            return value;
        }

        static Optional<Object> find(Object object, Object key) {
            return object instanceof Map<?, ?> m ? Optional.ofNullable(m.get(key)) : Optional.empty();
        }

        @Override
        public boolean attribute() {
            return true;
        }
    }

    /// `has(…)`.
    record Has(Node operand, String field, long cost) implements Node {
        @Override
        public Object eval(Frame f) {
            Object object = operand.eval(f);
            f.charge(cost);
            Object in = object instanceof Optional<?> o ? o.orElse(null) : object;
            if (in != null && !(in instanceof Map)) {
                throw EvalFailure.noSuchOverload();
            }
            return in instanceof Map<?, ?> m && m.containsKey(field);
        }
    }

    /// `a.?b`.
    record OptionalSelect(Node operand, String field, long cost) implements Node {
        @Override
        public Object eval(Frame f) {
            Object object = operand.eval(f);
            f.charge(cost);
            Object in = object instanceof Optional<?> o ? o.orElse(null) : object;
            return in == null ? Optional.empty() : Select.find(in, field);
        }

        @Override
        public boolean attribute() {
            return true;
        }
    }

    /// `a ? b : c`.
    record Conditional(Node condition, Node truth, Node falsehood) implements Node {
        @Override
        public Object eval(Frame f) {
            if (!(condition.eval(f) instanceof Boolean b)) {
                throw EvalFailure.noSuchOverload();
            }
            Node branch = b ? truth : falsehood;
            Object value = branch.eval(f);
            if (branch.attribute() && !(branch instanceof Conditional)) {
                f.refund();
            }
            return value;
        }

        @Override
        public boolean attribute() {
            return true;
        }
    }

    /// `&&` and `||`: one side that decides makes a failure of the other good.
    record Logic(Node left, Node right, boolean decides) implements Node {
        @Override
        public Object eval(Frame f) {
            Object first = attempt(left, f);
            if (first instanceof Boolean b && b == decides) {
                return decides;
            }
            Object second = attempt(right, f);
            if (second instanceof Boolean b && b == decides) {
                return decides;
            }
            for (Object side : new Object[] {first, second}) {
                if (side instanceof EvalFailure failure) {
                    throw failure;
                }
            }
            if (!(first instanceof Boolean) || !(second instanceof Boolean)) {
                throw EvalFailure.noSuchOverload();
            }
            return !decides;
        }
    }

    /// The value, or the failure as a value.
    static Object attempt(Node node, Frame f) {
        try {
            return node.eval(f);
        } catch (EvalFailure failure) {
            return failure;
        }
    }

    /// Whether a comprehension goes on: failures are not false.
    record NotStrictlyFalse(Node operand) implements Node {
        @Override
        public Object eval(Frame f) {
            Object value = attempt(operand, f);
            f.charge(1);
            return !(value instanceof Boolean b) || b;
        }
    }

    /// `a.or(b)` and `a.orValue(b)`.
    record OrElse(Node optional, Node other, boolean value) implements Node {
        @Override
        public Object eval(Frame f) {
            Object first = optional.eval(f);
            if (!(first instanceof Optional<?> o)) {
                throw EvalFailure.noSuchOverload();
            }
            f.charge(1);
            return o.isEmpty() ? other.eval(f) : value ? o.get() : o;
        }
    }

    /// A list literal.
    record ListOf(List<Node> elements, java.util.Set<Integer> optional) implements Node {
        @Override
        public Object eval(Frame f) {
            List<Object> list = new ArrayList<>(elements.size());
            for (int i = 0; i < elements.size(); i++) {
                Object value = elements.get(i).eval(f);
                if (!optional.contains(i)) {
                    list.add(value);
                } else if (value instanceof Optional<?> o) {
                    o.ifPresent(list::add);
                } else {
                    throw EvalFailure.noSuchOverload();
                }
            }
            f.charge(10);
            return list;
        }
    }

    /// One entry of a map or object literal.
    record Entry(Node key, Node value, boolean optional) {
        /// The value, null where it is optional and not there.
        @Nullable
        Object eval(Frame f) {
            Object v = value.eval(f);
            if (!optional) {
                return v;
            }
            if (v instanceof Optional<?> o) {
                return o.orElse(null);
            }
            throw EvalFailure.noSuchOverload();
        }
    }

    /// A map literal.
    record MapOf(List<Entry> entries) implements Node {
        @Override
        public Object eval(Frame f) {
            Map<Object, Object> map = LinkedHashMap.newLinkedHashMap(entries.size());
            for (Entry e : entries) {
                Object key = e.key().eval(f);
                Object value = e.eval(f);
                if (value != null && map.putIfAbsent(key, value) != null) {
                    throw new EvalFailure("Failed with repeated key");
                }
            }
            f.charge(30);
            return map;
        }
    }

    /// An object literal.
    record ObjectOf(String type, List<Entry> entries) implements Node {
        @Override
        public Object eval(Frame f) {
            Map<Object, Object> fields = LinkedHashMap.newLinkedHashMap(entries.size());
            for (Entry e : entries) {
                Object value = e.eval(f);
                if (value != null) {
                    fields.put(e.key().eval(f), value);
                }
            }
            f.charge(40);
            return new Made(type, fields);
        }
    }

    /// A call of a function, by the first overload that takes its arguments.
    record Call(Node[] arguments, Functions.Overload[] overloads, Costs.Rule[] costs) implements Node {
        @Override
        public Object eval(Frame f) {
            Object[] values = new Object[arguments.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = arguments[i].eval(f);
            }
            for (int i = 0; i < overloads.length; i++) {
                if (overloads[i].takes(values)) {
                    f.charge(costs[i].of(values));
                    return overloads[i].call(f, values);
                }
            }
            throw EvalFailure.noSuchOverload();
        }
    }

    /// `a[b]`, which upstream resolves as a part of the attribute.
    record Index(Call call, Node operand) implements Node {
        @Override
        public Object eval(Frame f) {
            if (!operand.attribute()) {
                f.charge(1);
            }
            return call.eval(f);
        }

        @Override
        public boolean attribute() {
            return true;
        }
    }
}
