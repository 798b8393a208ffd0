package io.k3j.admissioncore;

import io.k3j.model.Key;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/// Claims values for services so that no two services of the cluster get the same, whichever servers they are
/// written through: the claim is written down before the service is. For any thread.
///
/// ```
/// free ──claim──► claimed ──service written──► held ──service gone──► struck out
///                    └──────write given up, or nobody holds it for a while──────┘
/// ```
final class Claims {
    /// A claim that nobody holds for so long was left by a server that died.
    static final Duration ABANDONED = Duration.ofMinutes(2);
    private static final int TRIES = 3;
    /// How many values are remembered to have been let go.
    private static final int REMEMBERED = 1_024;
    private final Book book;
    private final BiPredicate<Key, String> holds;
    private final InstantSource clock;
    private final Map<String, LetGo> letGo = new ConcurrentHashMap<>();

    /// Which service let a value go, and its revision then.
    private record LetGo(Key service, long revision) {
    }

    /// Claims written into a book; `holds` says whether a service has a value now.
    Claims(Book book, BiPredicate<Key, String> holds, InstantSource clock) {
        this.book = book;
        this.holds = holds;
        this.clock = clock;
    }

    /// Claims a value; false when another service has.
    boolean take(String value, Key service) {
        for (int left = TRIES; left > 0; left--) {
            Optional<Book.Entry> there = book.find(value);
            if (there.isPresent() && !there.get().service().equals(service) && !abandoned(there.get())) {
                return false;
            }
            if (book.write(value, service, there)) {
                return true;
            }
        }
        return false;
    }

    private boolean abandoned(Book.Entry claim) {
        LetGo last = letGo.get(claim.value());
        boolean past = last != null && last.service.equals(claim.service()) && claim.revision() < last.revision;
        return (past || clock.instant().isAfter(claim.at().plus(ABANDONED)))
                && !holds.test(claim.service(), claim.value());
    }

    /// A service is seen to have let a value go; its claim will be struck out, or taken over before that.
    void letGo(String value, Key service, long revision) {
        if (letGo.size() >= REMEMBERED) {
            letGo.clear();
        }
        letGo.put(value, new LetGo(service, revision));
    }

    /// The write a value was claimed for did not happen.
    void giveUp(String value, Key service) {
        book.find(value).filter(c -> c.service().equals(service) && !holds.test(service, value))
                .ifPresent(book::strike);
    }

    /// A service has ceased to hold a value with its version at `revision`, or was last seen holding it then: a
    /// claim from before goes, one written since is somebody's new one.
    void released(String value, Key service, long revision) {
        book.find(value).filter(c -> c.service().equals(service) && c.revision() < revision).ifPresent(book::strike);
    }

    /// A service holds a value: it has a claim, also when it was stored by others.
    void held(String value, Key service) {
        if (book.find(value).isEmpty()) {
            book.write(value, service, Optional.empty());
        }
    }

    /// Strikes out what was left behind.
    void prune() {
        book.all().stream().filter(this::abandoned).forEach(book::strike);
    }
}
