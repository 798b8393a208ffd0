package io.k3j.objectregistry;

import io.k3j.model.Gvk;
import io.k3j.watchcache.Item;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Converted versions of objects, and those that are being converted, each by one thread. Those used last are kept, up
/// to a number of bytes. Any thread; nothing blocks.
final class ConvertedItems {
    private final long mostBytes;
    private final Map<Id, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Id, Wish> pending = new HashMap<>();
    private long bytes;

    ConvertedItems(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /// What is wanted: a stored version of an object in another version of its kind.
    /// @param generation of the kinds: with other definitions it may be converted otherwise
    record Key(Item item, Gvk to, long generation) {
        private Id id() {
            return new Id(item.storeKey(), item.revision(), to, generation);
        }
    }

    private record Id(String storeKey, long revision, Gvk to, long generation) {
    }

    private record Kept(Item from, Item to) {
        long bytes() {
            return (long) from.bytes().length + to.bytes().length;
        }
    }

    /// A conversion that one thread has to make.
    record Wish(Key key, CompletableFuture<Item> answer) {
        Item item() {
            return key.item;
        }
    }

    /// The object as it is or will be.
    /// @param mine is added to when it is the caller that must convert it
    synchronized CompletableFuture<Item> wanted(Key key, List<Wish> mine) {
        Id id = key.id();
        Kept known = kept.get(id);
        if (known != null && same(known.from, key.item)) {
            return CompletableFuture.completedFuture(known.to);
        }
        Wish other = pending.get(id);
        if (other != null && same(other.item(), key.item)) {
            return other.answer;
        }
        Wish wish = new Wish(key, new CompletableFuture<>());
        pending.putIfAbsent(id, wish);
        mine.add(wish);
        return wish.answer;
    }

    /// What was not stored, as the outcome of a dry run, has the revision of something else.
    private static boolean same(Item one, Item other) {
        return one == other || Arrays.equals(one.bytes(), other.bytes());
    }

    /// It is converted.
    void done(Wish wish, Item to) {
        synchronized (this) {
            Id id = wish.key.id();
            if (pending.remove(id, wish)) {
                keep(id, new Kept(wish.item(), to));
            }
        }
        wish.answer.complete(to);
    }

    /// It cannot be; who asks later asks anew.
    void failed(Wish wish, RuntimeException why) {
        synchronized (this) {
            boolean _ = pending.remove(wish.key.id(), wish);
        }
        wish.answer.completeExceptionally(why);
    }

    private void keep(Id id, Kept now) {
        bytes += now.bytes();
        Kept before = kept.put(id, now);
        bytes -= before == null ? 0 : before.bytes();
        for (Iterator<Kept> oldest = kept.values().iterator(); bytes > mostBytes && oldest.hasNext();) {
            bytes -= oldest.next().bytes();
            oldest.remove();
        }
    }
}
