package io.k3j.ha;

import java.util.ArrayList;
import java.util.List;

/// What one watcher heard from its first connection to its last. For one thread; read after it has ended.
final class Watched {
    private final String name;
    private final List<Item> items = new ArrayList<>();

    /// Something a watcher did or heard.
    sealed interface Item {
        /// It connected, asking for what came after a revision.
        record Begin(long after) implements Item {
        }

        /// It heard of a change.
        /// @param value empty: it is gone
        record Event(long revision, String key, String value) implements Item {
        }

        /// It heard that everything up to a revision had been told.
        record Bookmark(long revision) implements Item {
        }
    }

    Watched(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    Watched begin(long after) {
        items.add(new Item.Begin(after));
        return this;
    }

    Watched event(long revision, String key, String value) {
        items.add(new Item.Event(revision, key, value));
        return this;
    }

    Watched bookmark(long revision) {
        items.add(new Item.Bookmark(revision));
        return this;
    }

    /// The revision it asked to hear from first; what is told it comes after that.
    long first() {
        return items.isEmpty() || !(items.getFirst() instanceof Item.Begin(long after)) ? Long.MAX_VALUE : after;
    }

    /// The newest revision it was told of, by a change or a bookmark.
    long last() {
        return items.stream().mapToLong(i -> switch (i) {
            case Item.Begin begin -> 0;
            case Item.Event event -> event.revision();
            case Item.Bookmark bookmark -> bookmark.revision();
        }).max().orElse(0);
    }

    List<Item> items() {
        return items;
    }

    List<Item.Event> events() {
        return items.stream().filter(Item.Event.class::isInstance).map(Item.Event.class::cast).toList();
    }
}
