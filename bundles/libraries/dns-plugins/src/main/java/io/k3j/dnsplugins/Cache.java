package io.k3j.dnsplugins;

import io.k3j.dnsmessage.DnsAnswer;
import io.k3j.dnsmessage.DnsQuery;
import io.k3j.dnsmessage.RecordType;
import io.k3j.dnsmessage.ResourceRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// CoreDNS' plug-in `cache` (<https://coredns.io/plugins/cache/>), for what `forward` brings: the cluster's own names
/// are always answered from the objects, so that they are never out of date. Bounded in entries and bytes, the least
/// recently used goes first. An answer is kept as long as its records live at most, unless `success` or `denial` says
/// a minimum.
///
/// There are two stores, as in CoreDNS: positive answers, and denials with failures. A hit is told with what is left
/// of its time. The key has name, type, DO and CD, so no client gets what was made for another kind of client.
///
/// For any thread; a store is locked for a look-up, never while the next link is asked. Two questions for the same
/// name that come at once both ask it.
public final class Cache implements Handler {
    /// As Corefiles and [DnsAnswer#from] name it.
    public static final String NAME = "cache";
    /// What each of the two kinds may hold in all, besides its number of entries.
    static final long MOST_BYTES = 8L * 1024 * 1024;
    private static final long SERVFAIL_SECONDS = 5;
    private final Zones zones;
    private final Limits limits;
    private final InstantSource clock;
    private final Handler next;
    private final Store success;
    private final Store denial;
    private final LongAdder requests = new LongAdder();
    private final LongAdder stale = new LongAdder();

    /// Of one kind of answers.
    ///
    /// @param capacity in entries; 0 for none
    /// @param most and least: how long an answer is kept, in seconds
    public record Kind(int capacity, long most, long least) {
    }

    /// @param failure for how long a failure is kept, in seconds
    /// @param stale for how long beyond its end an answer is given when the resolvers fail, in seconds
    /// @param keepTtl whether records keep their first time to live
    /// @param noSuccess and noDenial: names of which answers with records, or denials and failures, are not kept
    public record Limits(Kind success, Kind denial, long failure, long stale, boolean keepTtl, Zones noSuccess,
            Zones noDenial) {
        /// CoreDNS' own, but no minimum.
        public static final Limits PLAIN = new Limits(new Kind(9984, 3600, 0), new Kind(9984, 1800, 0),
                SERVFAIL_SECONDS, 0, false, new Zones(List.of()), new Zones(List.of()));
    }

    /// DO and CD change what a resolver answers.
    private record CacheKey(String name, int type, boolean dnssec, boolean unchecked) {
    }

    /// @param since when it came, on the monotonic clock
    /// @param until when it is no longer given
    private record Entry(DnsAnswer answer, Instant since, Instant until, int bytes) {
    }

    /// @param zones only names of these are kept and looked up
    /// @param limits as the Corefile has them
    /// @param clock a monotonic clock
    /// @param next asked for what is not there
    public Cache(Zones zones, Limits limits, InstantSource clock, Handler next) {
        this.zones = zones;
        this.limits = limits;
        this.clock = clock;
        this.next = next;
        success = new Store(limits.success().capacity());
        denial = new Store(limits.denial().capacity());
    }

    /// Entries by the order of their last use. Guarded by itself.
    /// How full it is and what it was good for is what metrics show.
    public static final class Store {
        private final int capacity;
        private final Map<CacheKey, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
        private long bytes;
        private final LongAdder hits = new LongAdder();
        private final LongAdder evictions = new LongAdder();

        /// @param capacity in entries; what they take in bytes is bounded, too
        Store(int capacity) {
            this.capacity = capacity;
        }

        /// The entry, also one that has ended: [#kept] may want it.
        synchronized @Nullable Entry get(CacheKey key) {
            return entries.get(key);
        }

        /// In the place of an older one; what is beyond the bounds goes, the least recently used first.
        synchronized void put(CacheKey key, Entry entry) {
            remove(key);
            entries.put(key, entry);
            bytes += entry.bytes();
            Iterator<Entry> oldest = entries.values().iterator();
            while (oldest.hasNext() && (entries.size() > capacity || bytes > MOST_BYTES)) {
                bytes -= oldest.next().bytes();
                oldest.remove();
                evictions.increment();
            }
        }

        /// A newer answer of the other kind takes its place.
        synchronized void remove(CacheKey key) {
            Entry old = entries.remove(key);
            bytes -= old == null ? 0 : old.bytes();
        }

        /// How many entries there are now.
        public synchronized int size() {
            return entries.size();
        }

        /// How many questions were answered from it.
        public long hits() {
            return hits.sum();
        }

        /// How many entries had to go for others.
        public long evictions() {
            return evictions.sum();
        }
    }

    @Override
    public DnsAnswer answer(Ask ask) {
        if (!zones.hold(ask.name())) {
            return next.answer(ask);
        }
        CacheKey key = new CacheKey(ask.name(), ask.type(), ask.query().dnssec(),
                (ask.query().flags() & DnsQuery.CHECKING_DISABLED) != 0);
        Instant now = clock.instant();
        for (Store store : List.of(success, denial)) {
            Entry entry = store.get(key);
            if (entry != null && now.isBefore(entry.until())) {
                store.hits.increment();
                requests.increment();
                return aged(entry, now);
            }
        }
        DnsAnswer answer = next.answer(ask);
        if (answer.later()) {
            return answer;
        }
        requests.increment();
        if (!answer.from().equals(Forward.NAME)) {
            return answer;
        }
        // what no resolver has said is not kept: the client's next try may find one
        return answer.why().isEmpty() ? kept(key, answer, now) : old(key, now).orElse(answer);
    }

    /// An answer that has run out, when `serve_stale` is on.
    private Optional<DnsAnswer> old(CacheKey key, Instant now) {
        Entry old = limits.stale() > 0 ? success.get(key) : null;
        if (old == null || !now.isBefore(old.until().plusSeconds(limits.stale()))) {
            return Optional.empty();
        }
        stale.increment();
        return Optional.of(old.answer().mapped(r -> r.withTtl(0)));
    }

    /// Keeps what may be kept; gives an old answer in place of a failure when `serve_stale` is on.
    private DnsAnswer kept(CacheKey key, DnsAnswer answer, Instant now) {
        if (answer.code() == DnsAnswer.SERVER_FAILURE) {
            Optional<DnsAnswer> old = old(key, now);
            if (old.isPresent()) {
                return old.get();
            }
        }
        boolean positive = answer.outcome().equals("success");
        long life = (positive ? limits.noSuccess() : limits.noDenial()).hold(key.name()) ? 0 : life(answer, positive);
        if (life > 0) {
            DnsAnswer mine = new DnsAnswer(answer.code(), answer.flags() & ~DnsAnswer.AUTHORITATIVE, answer.records(),
                    answer.authority(), answer.additional(), NAME, answer.why());
            (positive ? success : denial).put(key, new Entry(mine, now, now.plusSeconds(life), size(answer)));
            if (answer.code() != DnsAnswer.SERVER_FAILURE) {
                (positive ? denial : success).remove(key);
            }
        }
        return answer;
    }

    /// In seconds; a failure lives as `servfail` says, what is neither positive nor negative is not kept.
    /// @param positive whether there are records, which decides between `success` and `denial`
    private long life(DnsAnswer answer, boolean positive) {
        if (answer.code() == DnsAnswer.SERVER_FAILURE) {
            return limits.failure();
        }
        if (answer.code() != DnsAnswer.OK && answer.code() != DnsAnswer.NO_SUCH_NAME) {
            return 0;
        }
        Kind kind = positive ? limits.success() : limits.denial();
        boolean soa = positive || answer.authority().stream().anyMatch(r -> r.type() == RecordType.SOA);
        long least = soa ? all(answer)
                .mapToLong(r -> r.type() == RecordType.SOA && !positive ? Math.min(r.ttl(), r.minimum()) : r.ttl())
                .min()
                .orElse(0) : 0;
        return kind.capacity() == 0 || !soa ? 0 : Math.clamp(least, Math.min(kind.least(), kind.most()), kind.most());
    }

    /// The records of all sections, since the shortest life counts.
    private static Stream<ResourceRecord> all(DnsAnswer a) {
        return Stream.of(a.records(), a.authority(), a.additional()).flatMap(List::stream);
    }

    /// An estimate in bytes, on the large side.
    private static int size(DnsAnswer answer) {
        return 200 + all(answer).mapToInt(r -> 100 + 2 * r.name().length() + r.data().length).sum();
    }

    /// With the time that has passed taken off every record.
    private DnsAnswer aged(Entry entry, Instant now) {
        long seconds = Duration.between(entry.since(), now).toSeconds();
        return seconds == 0 || limits.keepTtl() ? entry.answer()
                : entry.answer().mapped(r -> r.withTtl(Math.max(0, r.ttl() - seconds)));
    }

    /// How many questions came, hits and others.
    public long requests() {
        return requests.sum();
    }

    /// How many answers were given beyond their time.
    public long stale() {
        return stale.sum();
    }

    /// The answers with records.
    public Store success() {
        return success;
    }

    /// The answers that say that there is nothing.
    public Store denial() {
        return denial;
    }

    /// Its first zone, as labels of metrics have it.
    public String zone() {
        return zones.label();
    }
}
