package io.k3j.objectregistry;

import io.k3j.apiserverapi.KindHooks;
import io.k3j.clientapi.ApiFault;
import io.k3j.codec.Json;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Objects in versions that somebody outside of the process converts them to ([KindHooks#remote]). Each version of an
/// object is asked for once, whoever wants it, and many in one call; the newest results are kept for reads and watches
/// that come later. Requests leave their seat meanwhile.
///
/// Any thread but those that others wait for; blocks for the answer. What is kept has a bound in bytes, and so have
/// calls; of one kind so many requests wait at most.
public final class Conversions {
    /// Requests that wait for conversions of one kind; the next is sent away.
    static final int MOST_WAITING = 512;
    /// Objects in one call: what clients ask for as a page of a list.
    static final int MOST_OBJECTS = 500;
    /// Stored bytes in one call, of more than one object.
    static final int MOST_BYTES = 1 << 20;
    /// Bytes of what is kept, as it is stored and as it was converted.
    static final int KEPT_BYTES = 16 << 20;
    private final ConvertedItems kept = new ConvertedItems(KEPT_BYTES);
    private final Map<String, Integer> waiting = new HashMap<>();
    private volatile Consumer<Runnable> unseated = Runnable::run;

    /// Runs what waits for somebody outside, on the thread that calls, while the request takes nobody's place. To be
    /// called before the first request.
    public void unseated(Consumer<Runnable> way) {
        unseated = way;
    }

    /// Objects in the version of a kind, in the same order, for a request: in its seat's absence, and bounded.
    ///
    /// @param items readable ones of the kind, in any version
    /// @throws ApiFault 500 when one of them cannot be converted; 429 when too many wait; 503 while the hooks are away
    List<Item> shown(Target target, List<Item> items) {
        return absent(target, () -> awaited(target, items));
    }

    /// An object in the version in which its kind is stored, for a write.
    /// @throws ApiFault as [#shown]
    Struct stored(Target target, Struct object) {
        Gvk version = target.kind().storage().version();
        return absent(target, () -> target.hooks().converted(List.of(object), version).getFirst());
    }

    private <T> T absent(Target target, Supplier<T> work) {
        String prefix = target.kind().storage().prefix();
        begin(target, prefix);
        List<T> done = new ArrayList<>(1);
        try {
            unseated.accept(() -> done.add(work.get()));
            return done.getFirst();
        } finally {
            end(prefix);
        }
    }

    private void begin(Target target, String prefix) {
        synchronized (waiting) {
            if (waiting.merge(prefix, 1, Integer::sum) <= MOST_WAITING) {
                return;
            }
        }
        end(prefix);
        throw new ApiFault(429, "TooManyRequests", "too many requests wait for the conversion of "
                + target.gvr().qualified() + ", please try again later", Struct.of("retryAfterSeconds", 1));
    }

    private void end(String prefix) {
        synchronized (waiting) {
            waiting.computeIfPresent(prefix, (p, count) -> count == 1 ? null : count - 1);
        }
    }

    /// The same for a thread that has no seat and is bounded otherwise, as that of a watch.
    /// @throws ApiFault 500, 503
    public List<Item> awaited(Target target, List<Item> items) {
        Gvk to = target.kind().gvk();
        List<CompletableFuture<Item>> wanted = new ArrayList<>(items.size());
        List<ConvertedItems.Wish> mine = new ArrayList<>();
        for (Item item : items) {
            wanted.add(target.inVersion(item) ? CompletableFuture.completedFuture(item)
                    : kept.wanted(new ConvertedItems.Key(item, to, target.kinds().generation()), mine));
        }
        convert(target, mine);
        List<Item> shown = new ArrayList<>(items.size());
        for (CompletableFuture<Item> one : wanted) {
            shown.add(joined(one));
        }
        return shown;
    }

    /// A failure is one of whoever asked for any of the objects, and nobody else's.
    private static Item joined(CompletableFuture<Item> one) {
        try {
            return one.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof ApiFault fault) {
                throw fault;
            }
            throw failed;
        }
    }

    /// Whoever waits for one of these is told, however it ends.
    private void convert(Target target, List<ConvertedItems.Wish> mine) {
        int from = 0;
        try {
            while (from < mine.size()) {
                int to = part(mine, from);
                converted(target, mine.subList(from, to));
                from = to;
            }
        } catch (RuntimeException failed) {
            mine.subList(from, mine.size()).forEach(w -> kept.failed(w, failed));
        }
    }

    private static int part(List<ConvertedItems.Wish> mine, int from) {
        long bytes = 0;
        int to = from;
        while (to < mine.size() && to - from < MOST_OBJECTS) {
            bytes += mine.get(to).item().bytes().length;
            if (bytes > MOST_BYTES && to > from) {
                break;
            }
            to++;
        }
        return to;
    }

    private void converted(Target target, List<ConvertedItems.Wish> part) {
        KindHooks hooks = target.hooks();
        List<Struct> objects = hooks.converted(part.stream().map(w -> w.item().fresh().tree()).toList(),
                target.kind().gvk());
        for (int i = 0; i < part.size(); i++) {
            Item from = part.get(i).item();
            kept.done(part.get(i), new Item(from.storeKey(), Json.stored(objects.get(i)), from.createRevision(),
                    from.revision()));
        }
    }
}
