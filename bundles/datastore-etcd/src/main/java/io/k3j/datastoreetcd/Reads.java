package io.k3j.datastoreetcd;

import io.k3j.datastoreapi.Compacted;
import io.k3j.datastoreapi.Count;
import io.k3j.datastoreapi.Entry;
import io.k3j.datastoreapi.FutureRevision;
import io.k3j.datastoreapi.Page;
import io.k3j.jetcd.EtcdFailure;
import io.k3j.jetcd.EtcdKey;
import io.k3j.jetcd.EtcdKv;
import io.k3j.jetcd.EtcdPage;
import io.k3j.jetcd.EtcdRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads of now and of the past.
final class Reads {
    private static final Duration LIMIT = Duration.ofMillis(1_900);
    /// One request of a long range may take longer: it moves megabytes.
    private static final Duration PAGE_LIMIT = Duration.ofSeconds(10);
    private static final int FIRST_PAGE = 8;
    private static final int MAX_PAGE = 10_000;
    private static final long PAGE_BYTES = 4L << 20;
    /// From so much on a range that may be cut is.
    private static final long MAX_BYTES = 8L << 20;
    /// How much longer the next request may be than the one before: its values may be as large as they like.
    private static final int GROWTH = 8;
    private static final int SHRINK = 8;
    private final EtcdKv kv;
    private final Attempts attempts;
    private final Compactions compactions;
    private final Tail tail;

    Reads(EtcdKv kv, Attempts attempts, Compactions compactions, Tail tail) {
        this.kv = kv;
        this.attempts = attempts;
        this.compactions = compactions;
        this.tail = tail;
    }

    /// A key at a revision, 0: now.
    Optional<Entry> get(String key, long at) {
        if (key.isEmpty() || Changes.reserved(key)) {
            return Optional.empty();
        }
        EtcdPage page = ask("get", LIMIT, limit -> kv.range(EtcdRange.key(key), 1, at, limit));
        return page.keys().stream().findFirst().map(Changes::entry);
    }

    /// A range, however long, as the contract has it.
    Page range(String prefix, String start, int limit, long at) {
        EtcdRange range = EtcdRange.prefix(prefix, start);
        List<Entry> found = new ArrayList<>();
        if (range.empty()) {
            EtcdPage nothing = ask("range", LIMIT, l -> kv.count(Compactions.NOTHING, at, l));
            return new Page(found, false, at == 0 ? nothing.revision() : at);
        }
        long wanted = limit == 0 ? Long.MAX_VALUE : limit + 1L;
        long revision = at;
        int piece = FIRST_PAGE;
        boolean more = true;
        long bytes = 0;
        while (more && found.size() < wanted && (limit == 0 || bytes < MAX_BYTES)) {
            EtcdPage page = piece(range, (int) Math.min(piece, wanted - found.size()), revision);
            revision = revision == 0 ? page.revision() : revision;
            page.keys().stream().filter(k -> !Changes.reserved(k.key())).map(Changes::entry).forEach(found::add);
            bytes += bytes(page.keys());
            more = page.more();
            if (more) {
                range = EtcdRange.prefix(prefix, page.keys().getLast().key() + "\0");
                piece = fitting(page.keys());
            }
        }
        boolean cut = limit > 0 && found.size() > limit;
        return new Page(cut ? List.copyOf(found.subList(0, limit)) : found, cut || more, revision);
    }

    private static int fitting(List<EtcdKey> keys) {
        long fitting = PAGE_BYTES * keys.size() / Math.max(1, bytes(keys));
        return Math.clamp(fitting, 1, Math.min(MAX_PAGE, keys.size() * GROWTH));
    }

    private static long bytes(List<EtcdKey> keys) {
        return keys.stream().mapToLong(k -> k.value().length + k.key().length()).sum();
    }

    /// One request; a smaller one when its answer is too long.
    private EtcdPage piece(EtcdRange range, int keys, long revision) {
        try {
            return ask("range", PAGE_LIMIT, limit -> kv.range(range, keys, revision, limit));
        } catch (EtcdFailure tooLong) {
            if (keys == 1) {
                throw Attempts.unavailable("range", tooLong, false);
            }
            return piece(range, Math.max(1, keys / SHRINK), revision);
        }
    }

    /// How many keys there are now.
    Count count(String prefix) {
        EtcdPage page = ask("count", LIMIT, limit -> kv.count(EtcdRange.prefix(prefix, ""), 0, limit));
        long reserved = reserved(prefix, Changes.RESERVED, EtcdRange.key(Changes.RESERVED), page.revision())
                + reserved(prefix, Changes.OWN, EtcdRange.prefix(Changes.OWN, ""), page.revision());
        return new Count(page.count() - reserved, page.revision());
    }

    private long reserved(String prefix, String reserved, EtcdRange range, long revision) {
        return !reserved.startsWith(prefix) ? 0
                : ask("count", LIMIT, limit -> kv.count(range, revision, limit)).count();
    }

    private EtcdPage ask(String what, Duration budget, Function<Duration, EtcdPage> call) {
        try {
            EtcdPage page = attempts.call(what, budget, call);
            tail.seen(page.revision());
            return page;
        } catch (EtcdFailure e) {
            throw switch (e.kind()) {
                case COMPACTED -> new Compacted(compactions.current());
                case FUTURE -> new FutureRevision(tail.known());
                case REFUSED, OVERLOADED, UNREACHABLE, UNCERTAIN, UNHEALTHY -> Attempts.unavailable(what, e, false);
            };
        }
    }
}
