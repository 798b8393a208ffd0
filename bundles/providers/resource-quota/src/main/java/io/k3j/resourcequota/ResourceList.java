package io.k3j.resourcequota;

import io.k3j.apimachinery.Quantity;
import io.k3j.model.Struct;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Amounts by the name of what they are of, as upstream's `ResourceList`. Immutable, in the order of names.
record ResourceList(Map<String, Quantity> amounts) {
    static final ResourceList EMPTY = new ResourceList(Map.of());
    private static final BinaryOperator<Quantity> LARGER = BinaryOperator.maxBy(Quantity::compareTo);

    /// Copies what is given.
    ResourceList {
        amounts = Collections.unmodifiableMap(new TreeMap<>(amounts));
    }

    /// As an object has it.
    /// @throws IllegalArgumentException when an amount is no quantity
    static ResourceList of(Struct given) {
        Map<String, Quantity> all = new TreeMap<>();
        given.forEach((name, amount) -> all.put(name, Quantity.of(amount)));
        return new ResourceList(all);
    }

    /// One amount.
    static ResourceList of(String name, Quantity amount) {
        return new ResourceList(Map.of(name, amount));
    }

    boolean isEmpty() {
        return amounts.isEmpty();
    }

    Set<String> names() {
        return amounts.keySet();
    }

    boolean has(String name) {
        return amounts.containsKey(name);
    }

    /// The amount of a name, nothing where there is none.
    Quantity get(String name) {
        return amounts.getOrDefault(name, Quantity.ZERO);
    }

    /// The names of both, with their sums.
    ResourceList plus(ResourceList other) {
        return merged(other, Quantity::add);
    }

    /// The names of both, with the larger of their amounts.
    ResourceList larger(ResourceList other) {
        return merged(other, LARGER);
    }

    private ResourceList merged(ResourceList other, BinaryOperator<Quantity> how) {
        if (amounts.isEmpty() || other.amounts.isEmpty()) {
            return amounts.isEmpty() ? other : this;
        }
        Map<String, Quantity> both = new TreeMap<>(amounts);
        other.amounts.forEach((name, amount) -> both.merge(name, amount, how));
        return new ResourceList(both);
    }

    /// The names of both, with the differences, which may be negative.
    ResourceList minus(ResourceList other) {
        Map<String, Quantity> both = new TreeMap<>(amounts);
        other.amounts.forEach((name, amount) -> both.put(name, get(name).subtract(amount)));
        return new ResourceList(both);
    }

    /// By how much each name is above another's amount; nothing for those that are not.
    ResourceList above(ResourceList other) {
        Map<String, Quantity> grown = new TreeMap<>();
        minus(other).amounts.forEach((name, amount) -> grown.put(name, amount.signum() < 0 ? Quantity.ZERO : amount));
        return new ResourceList(grown);
    }

    /// Those of some names.
    ResourceList only(Predicate<String> which) {
        Map<String, Quantity> some = new TreeMap<>(amounts);
        some.keySet().removeIf(which.negate());
        return some.size() == amounts.size() ? this : new ResourceList(some);
    }

    /// Without those of which there is nothing.
    ResourceList withoutZeros() {
        return only(name -> get(name).signum() != 0);
    }

    /// The names of which there is less than nothing.
    Set<String> negative() {
        return only(name -> get(name).signum() < 0).names();
    }

    /// The names of which there is more than a limit says; what has no limit is not among them.
    Set<String> exceeding(ResourceList limits) {
        return amounts.keySet().stream().filter(name -> limits.has(name) && get(name).compareTo(limits.get(name)) > 0)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// As an object has it.
    Struct struct() {
        Struct.Builder all = Struct.builder();
        amounts.forEach((name, amount) -> all.put(name, amount.toString()));
        return all.build();
    }

    /// As messages have it: `cpu=1,pods=3`.
    @Override
    public String toString() {
        return amounts.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(","));
    }
}
