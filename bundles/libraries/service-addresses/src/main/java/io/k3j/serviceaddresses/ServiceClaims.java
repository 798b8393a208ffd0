package io.k3j.serviceaddresses;

import io.k3j.model.Key;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;

/// Claims values for Services, so that no two Services of the cluster get the same value, whichever servers admit
/// them: the claim is stored before the Service. For any thread; blocks on the datastore.
///
/// ```
/// free ──claim──► claimed ──Service stored──► held ──Service deleted──► removed
///                    └────write failed, or nobody holds it for two minutes────┘
/// ```
public final class ServiceClaims {
    /// The age at which a claim that no Service holds counts as left behind by a crashed server.
    static final Duration ABANDONED = Duration.ofMinutes(2);
    private static final int TRIES = 3;
    /// The bound on the number of remembered releases.
    private static final int MAX_RELEASES = 1_024;
    private final ClaimRegistry registry;
    private final BiPredicate<Key, String> holds;
    private final InstantSource clock;
    private final Map<String, Release> releases = new ConcurrentHashMap<>();

    /// The Service that released a value, and its revision at that time.
    private record Release(Key service, long revision) {
    }

    /// A claim that was made for a write.
    /// @param mark as the registry tells it
    /// @param renewed whether the Service had the claim already: it was made for another write
    public record Claim(String mark, boolean renewed) {
    }

    /// Claims stored in a registry; `holds` answers whether a Service has a value now.
    public ServiceClaims(ClaimRegistry registry, BiPredicate<Key, String> holds, InstantSource clock) {
        this.registry = registry;
        this.holds = holds;
        this.clock = clock;
    }

    /// Claims a value; empty when another Service has it. One question where nobody has: the registry compares.
    public Optional<Claim> take(String value, Key service) {
        Optional<Claim> claim = write(value, service, Optional.empty());
        for (int left = TRIES; left > 0 && claim.isEmpty(); left--) {
            Optional<ClaimRegistry.Entry> there = registry.find(value);
            if (there.filter(c -> !c.ours() || !c.service().equals(service) && !abandoned(c)).isPresent()) {
                return Optional.empty();
            }
            claim = write(value, service, there);
        }
        return claim;
    }

    private Optional<Claim> write(String value, Key service, Optional<ClaimRegistry.Entry> previous) {
        boolean renewed = previous.filter(c -> c.service().equals(service)).isPresent();
        return registry.write(value, service, previous).map(mark -> new Claim(mark, renewed));
    }

    private boolean abandoned(ClaimRegistry.Entry claim) {
        Release last = releases.get(claim.value());
        boolean outdated = last != null && last.service.equals(claim.service()) && claim.revision() < last.revision;
        return claim.ours() && (outdated || clock.instant().isAfter(claim.at().plus(ABANDONED)))
                && !holds.test(claim.service(), claim.value());
    }

    /// Remembers that the view showed a Service without the value: its older claim may be taken over before it is
    /// deleted.
    public void noteRelease(String value, Key service, long revision) {
        if (releases.size() >= MAX_RELEASES) {
            releases.clear();
        }
        releases.put(value, new Release(service, revision));
    }

    /// Deletes the claim that was made for a write which failed. It stays when it has been written since, by a
    /// repeated write of the same Service perhaps, and when it was renewed: the write that it was made for may still
    /// be under way. Whatever stays and is nobody's is abandoned later.
    public void release(String value, Claim claim) {
        if (!claim.renewed) {
            registry.find(value).filter(c -> c.mark().equals(claim.mark) && !holds.test(c.service(), value))
                    .ifPresent(registry::delete);
        }
    }

    /// Deletes the claim of a Service that stopped holding a value at `revision`, or was last seen with it then. A
    /// claim written after that revision belongs to a new write and stays.
    public void released(String value, Key service, long revision) {
        registry.find(value).filter(c -> c.ours() && c.service().equals(service) && c.revision() < revision)
                .ifPresent(registry::delete);
    }

    /// Writes the claim of a value anew that a Service holds, when it is missing or names somebody else who does not
    /// hold it. Whether the Service holds it is asked again, since a view may show it longer.
    /// @return false when another Service holds it as well, whose claim it stays
    public boolean restore(String value, Key service) {
        Optional<ClaimRegistry.Entry> there = registry.find(value);
        boolean right = there.filter(c -> c.ours() && c.service().equals(service)).isPresent();
        if (right || !holds.test(service, value)) {
            return true;
        }
        if (there.filter(c -> c.ours() && holds.test(c.service(), value)).isPresent()) {
            return false;
        }
        registry.write(value, service, there);
        return true;
    }

    /// Deletes all abandoned claims.
    public void prune() {
        registry.all().stream().filter(this::abandoned).forEach(registry::delete);
    }
}
