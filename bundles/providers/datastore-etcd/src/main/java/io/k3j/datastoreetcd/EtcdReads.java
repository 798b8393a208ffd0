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
import io.k3j.logtail.LogTail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Reads of the present and of past revisions.
final class EtcdReads {
    private static final Duration LIMIT = Duration.ofMillis(1_900);
    /// One request of a long range may take longer, because it transfers megabytes.
    private static final Duration PAGE_LIMIT = Duration.ofSeconds(10);
    private static final int FIRST_PAGE = 8;
    private static final int MAX_PAGE = 10_000;
    private static final long PAGE_BYTES = 4L << 20;
    /// Size from which a range with a limit is cut.
    private static final long MAX_BYTES = 8L << 20;
    /// Bound on the growth from one request to the next, because the next values may be much larger.
    private static final int GROWTH = 8;
    private static final int SHRINK = 8;
    /// What gRPC says of an answer that is longer than it takes.
    private static final String TOO_LONG = "exceeds maximum size";
    private final EtcdKv kv;
    private final Attempts attempts;
    private final Compactions compactions;
    private final LogTail tail;

    EtcdReads(EtcdKv kv, Attempts attempts, Compactions compactions, LogTail tail) {
        this.kv = kv;
        this.attempts = attempts;
        this.compactions = compactions;
        this.tail = tail;
    }

    /// A key at a revision; 0 reads the present.
    Optional<Entry> get(String key, long at) {
        if (key.isEmpty() || EtcdChanges.reserved(key)) {
            return Optional.empty();
        }
        EtcdPage page = call("get", LIMIT, limit -> kv.range(EtcdRange.key(key), 1, at, limit));
        return page.keys().stream().findFirst().map(EtcdChanges::entry);
    }

    /// A range of any length, as the contract of `Datastore.range` requires. All pages are read at the revision
    /// of the first.
    Page range(String prefix, String start, int limit, long at) {
        EtcdRange range = EtcdRange.prefix(prefix, start);
        List<Entry> found = new ArrayList<>();
        if (range.empty()) {
            EtcdPage empty = call("range", LIMIT, l -> kv.count(Compactions.NOTHING, at, l));
            return new Page(found, false, at == 0 ? empty.revision() : at);
        }
        long wanted = limit == 0 ? Long.MAX_VALUE : limit + 1L;
        long revision = at;
        int piece = FIRST_PAGE;
        boolean more = true;
        long bytes = 0;
        while (more && found.size() < wanted && (limit == 0 || bytes < MAX_BYTES)) {
            EtcdPage page = piece(range, (int) Math.min(piece, wanted - found.size()), revision);
            revision = revision == 0 ? page.revision() : revision;
            page.keys().stream().filter(k -> !EtcdChanges.reserved(k.key())).map(EtcdChanges::entry)
                    .forEach(found::add);
            bytes += bytes(page.keys());
            more = page.more();
            if (more) {
                range = EtcdRange.prefix(prefix, page.keys().getLast().key() + "\0");
                piece = nextPageSize(page.keys());
            }
        }
        boolean cut = limit > 0 && found.size() > limit;
        return new Page(cut ? List.copyOf(found.subList(0, limit)) : found, cut || more, revision);
    }

    private static int nextPageSize(List<EtcdKey> keys) {
        long nextPageSize = PAGE_BYTES * keys.size() / Math.max(1, bytes(keys));
        return Math.clamp(nextPageSize, 1, Math.min(MAX_PAGE, keys.size() * GROWTH));
    }

    private static long bytes(List<EtcdKey> keys) {
        return keys.stream().mapToLong(k -> k.value().length + k.key().length()).sum();
    }

    /// One request; repeated with fewer keys when its answer exceeds the size limit: large values may follow small
    /// ones.
    private EtcdPage piece(EtcdRange range, int keys, long revision) {
        try {
            return ask("range", PAGE_LIMIT, limit -> kv.range(range, keys, revision, limit));
        } catch (EtcdFailure e) {
            if (keys > 1 && String.valueOf(e.getMessage()).contains(TOO_LONG)) {
                return piece(range, Math.max(1, keys / SHRINK), revision);
            }
            throw failure("range", e);
        }
    }

    /// The number of keys at present, without reserved ones.
    Count count(String prefix) {
        EtcdPage page = call("count", LIMIT, limit -> kv.count(EtcdRange.prefix(prefix, ""), 0, limit));
        long reserved = reserved(prefix, EtcdChanges.RESERVED, EtcdRange.key(EtcdChanges.RESERVED), page.revision())
                + reserved(prefix, EtcdChanges.OWN, EtcdRange.prefix(EtcdChanges.OWN, ""), page.revision());
        return new Count(page.count() - reserved, page.revision());
    }

    private long reserved(String prefix, String reserved, EtcdRange range, long revision) {
        return !reserved.startsWith(prefix) ? 0
                : call("count", LIMIT, limit -> kv.count(range, revision, limit)).count();
    }

    private EtcdPage call(String what, Duration budget, Function<Duration, EtcdPage> request) {
        try {
            return ask(what, budget, request);
        } catch (EtcdFailure e) {
            throw failure(what, e);
        }
    }

    private EtcdPage ask(String what, Duration budget, Function<Duration, EtcdPage> request) {
        EtcdPage page = attempts.call(what, budget, request);
        tail.seen(page.revision());
        return page;
    }

    private RuntimeException failure(String what, EtcdFailure e) {
        return switch (e.kind()) {
            case COMPACTED -> new Compacted(compactions.current());
            case FUTURE -> new FutureRevision(tail.known());
            case REFUSED, OVERLOADED, UNREACHABLE, UNCERTAIN, UNHEALTHY -> Attempts.unavailable(what, e, false);
        };
    }
}
