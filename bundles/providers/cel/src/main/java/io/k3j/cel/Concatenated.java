package io.k3j.cel;

import io.k3j.celvalues.EvalFailure;
import java.util.AbstractList;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/// Two lists as one. Nothing is copied, so that doubling a list again and again takes no memory to speak of.
final class Concatenated extends AbstractList<Object> {
    private final List<?> first;
    private final List<?> second;
    private final int size;

    /// @throws EvalFailure when it gets longer than a list can be
    Concatenated(List<?> first, List<?> second) {
        long both = (long) first.size() + second.size();
        if (both > Integer.MAX_VALUE) {
            throw new EvalFailure("list too large");
        }
        this.first = first;
        this.second = second;
        this.size = (int) both;
    }

    @Override
    public Object get(int index) {
        List<?> in = this;
        int at = index;
        while (in instanceof Concatenated c) {
            if (at < c.first.size()) {
                in = c.first;
            } else {
                at -= c.first.size();
                in = c.second;
            }
        }
        return in.get(at);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public Iterator<Object> iterator() {
        Deque<List<?>> rest = new ArrayDeque<>();
        rest.push(this);
        return new Iterator<>() {
            private Iterator<?> now = List.of().iterator();

            @Override
            public boolean hasNext() {
                while (!now.hasNext() && !rest.isEmpty()) {
                    List<?> next = rest.pop();
                    if (next instanceof Concatenated c) {
                        rest.push(c.second);
                        rest.push(c.first);
                    } else {
                        now = next.iterator();
                    }
                }
                return now.hasNext();
            }

            @Override
            public Object next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                return now.next();
            }
        };
    }
}
