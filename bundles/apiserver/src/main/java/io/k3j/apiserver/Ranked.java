package io.k3j.apiserver;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/// Services of one type in order, as they come and go. Reading takes no lock.
final class Ranked<T> {
    private final Comparator<Entry<T>> order;
    private volatile List<Entry<T>> entries = List.of();
    private volatile boolean complete = true;
    private volatile long changes;
    private long most;

    /// A service and its properties.
    record Entry<T>(T service, Map<String, ?> properties) {
        private int number(String name) {
            return properties.get(name) instanceof Integer i ? i : 0;
        }

        String text(String name) {
            return properties.get(name) instanceof String s ? s : "";
        }
    }

    private Ranked(Comparator<Entry<T>> order) {
        this.order = order;
    }

    /// Highest service ranking first.
    static <T> Ranked<T> highestFirst() {
        return new Ranked<>(Comparator.comparingInt((Entry<T> e) -> e.number("service.ranking")).reversed());
    }

    /// Lowest value of a property first.
    static <T> Ranked<T> lowestFirst(String property) {
        return new Ranked<>(Comparator.comparingInt((Entry<T> e) -> e.number(property)));
    }

    synchronized void add(T service, Map<String, ?> properties) {
        List<Entry<T>> all = new ArrayList<>(entries);
        all.removeIf(e -> e.service() == service);
        all.add(new Entry<>(service, properties));
        all.sort(order);
        entries = List.copyOf(all);
        most = Math.max(most, sorts());
        complete = sorts() >= most;
        changes++;
    }

    /// Two generations of one bundle stand side by side for a moment: they count once.
    private long sorts() {
        return entries.stream().map(e -> e.service().getClass().getName()).distinct().count();
    }

    /// Whether every sort that ever was there is there: none is being replaced.
    boolean complete() {
        return complete;
    }

    synchronized void remove(T service) {
        entries = entries.stream().filter(e -> e.service() != service).toList();
        complete = sorts() >= most;
        changes++;
    }

    /// How often somebody came or left: what was found out about [#all] holds while this does not change, and keeps
    /// nobody from being collected. Ask before.
    long changes() {
        return changes;
    }

    /// All of them, in order.
    List<Entry<T>> all() {
        return entries;
    }
}
