package io.k3j.serviceaddresses;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The values of one kind (addresses, node ports) that one write chooses for a Service: those that the writer names and
/// those that are drawn. Each is reserved in memory when it is chosen, and all are claimed in the datastore when the
/// choice is complete. For one thread; the calls it hands out are for any.
///
/// ```
/// name ──► takeNamed ──► choose ──► namedClaims, drawnClaims ──► complete? ──yes──► the write goes on
///                           ▲                                        └─no: some that were drawn are another Service's
///                           └───────────────────────── giveBackDrawn ◄──┘
/// ```
///
/// Whoever is refused because of a named value gives all back: [#giveBack].
public final class ChosenValues {
    private final Reservations local;
    private final ServiceClaims shared;
    private final Key service;
    private final Set<String> kept;
    /// What the writer names, in the order of its claims, and what is told when another Service has it.
    private final SortedMap<String, Supplier<ApiFault>> named = new TreeMap<>();
    /// What this write has reserved; not what the Service had before.
    private final Set<String> reserved = new LinkedHashSet<>();
    /// What of it is claimed.
    private final Map<String, ServiceClaims.Claim> claimed = new ConcurrentHashMap<>();
    /// What the datastore has for other Services, though it looked free here.
    private final Set<String> lost = ConcurrentHashMap.newKeySet();

    /// Of values that are reserved in `local` and claimed in `shared`.
    /// @param kept what the stored Service has: claimed already, and not drawn again
    public ChosenValues(Reservations local, ServiceClaims shared, Key service, Set<String> kept) {
        this.local = local;
        this.shared = shared;
        this.service = service;
        this.kept = Set.copyOf(kept);
    }

    /// Whether the stored Service has a value.
    public boolean keeps(String value) {
        return kept.contains(value);
    }

    /// Whether nobody has a value, as far as this write knows.
    public boolean free(String value) {
        return !kept.contains(value) && !lost.contains(value) && local.free(value);
    }

    /// Chooses a value if it is free.
    public boolean choose(String value) {
        boolean took = free(value) && local.take(value, service);
        if (took) {
            reserved.add(value);
        }
        return took;
    }

    /// The writer names a value. Nobody has it before [#takeNamed].
    /// @param taken what is told when another Service has it
    public void name(String value, Supplier<ApiFault> taken) {
        if (!kept.contains(value)) {
            named.putIfAbsent(value, taken);
        }
    }

    /// Takes here all that the writer has named, or nothing: of two writes that name the same values, in whatever
    /// order, one gets all.
    /// @throws ApiFault when another Service has one of them here; when it has in the datastore, the claim throws it
    public void takeNamed() {
        Optional<String> other = local.takeAll(named.keySet(), service);
        if (other.isPresent()) {
            throw Objects.requireNonNull(named.get(other.get())).get();
        }
        reserved.addAll(named.keySet());
    }

    /// The calls that claim what is named and not claimed yet, in the order in which all writes claim. Each throws what
    /// is told when another Service has its value.
    public List<Runnable> namedClaims() {
        List<Runnable> calls = new ArrayList<>();
        named.forEach((value, taken) -> {
            if (!claimed.containsKey(value)) {
                calls.add(() -> {
                    if (!claim(value)) {
                        throw taken.get();
                    }
                });
            }
        });
        return calls;
    }

    /// The calls that claim what is drawn and not claimed yet.
    public List<Runnable> drawnClaims() {
        return reserved.stream().filter(value -> !named.containsKey(value) && !claimed.containsKey(value))
                .<Runnable>map(value -> () -> claim(value)).toList();
    }

    private boolean claim(String value) {
        Optional<ServiceClaims.Claim> claim = shared.take(value, service);
        claim.ifPresentOrElse(made -> claimed.put(value, made), () -> lost.add(value));
        return claim.isPresent();
    }

    /// Whether all that is drawn was claimed. What was lost is not drawn again.
    public boolean complete() {
        return reserved.stream().noneMatch(lost::contains);
    }

    /// Gives back what is drawn, here at once. What is named stays taken and claimed.
    /// @return the calls that give it back in the datastore, for [ClaimCalls]
    public List<Runnable> giveBackDrawn() {
        return giveBack(value -> !named.containsKey(value));
    }

    /// Gives back what is chosen, here at once.
    /// @return the calls that give it back in the datastore, for [ClaimCalls]
    public List<Runnable> giveBack() {
        return giveBack(value -> true);
    }

    private List<Runnable> giveBack(Predicate<String> which) {
        List<String> some = reserved.stream().filter(which).toList();
        local.release(some, service);
        some.forEach(reserved::remove);
        List<Runnable> calls = new ArrayList<>();
        for (String value : some) {
            Optional.ofNullable(claimed.remove(value))
                    .ifPresent(claim -> calls.add(() -> shared.release(value, claim)));
        }
        return calls;
    }
}
