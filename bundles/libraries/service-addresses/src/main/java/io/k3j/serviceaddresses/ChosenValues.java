package io.k3j.serviceaddresses;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Key;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The values of one kind (addresses, node ports) that one write chooses for a Service: each is reserved in memory when
/// it is chosen, and all are claimed in the datastore together when the choice is complete. For one thread; the calls
/// it hands out are for any.
///
/// ```
/// choose, name ──► claims ──► complete? ──yes──► the write goes on
///      ▲                         └─no: some are another Service's──► giveBack ─┐
///      └───────────────────────────────────────────────────────────────────────┘
/// ```
public final class ChosenValues {
    private final Reservations local;
    private final ServiceClaims shared;
    private final Key service;
    /// What this write has reserved; not what the Service had before.
    private final Set<String> reserved = new LinkedHashSet<>();
    /// What is told when another Service has one of those the writer named.
    private final Map<String, Supplier<ApiFault>> named = new HashMap<>();
    /// What the datastore has for other Services, though it looked free here.
    private final Set<String> lost = ConcurrentHashMap.newKeySet();
    private boolean asked;

    /// Of values that are reserved in `local` and claimed in `shared`.
    public ChosenValues(Reservations local, ServiceClaims shared, Key service) {
        this.local = local;
        this.shared = shared;
        this.service = service;
    }

    /// Whether nobody has a value, as far as this write knows.
    public boolean free(String value) {
        return !lost.contains(value) && local.free(value);
    }

    /// Chooses a value if it is free.
    public boolean choose(String value) {
        return free(value) && reserve(value);
    }

    /// Takes a value that the writer names.
    /// @throws ApiFault `taken`, when another Service has it here; when it has in the datastore, [#complete] throws it
    public void name(String value, Supplier<ApiFault> taken) {
        if (!reserve(value)) {
            throw taken.get();
        }
        named.putIfAbsent(value, taken);
    }

    /// What the Service has already is claimed already.
    private boolean reserve(String value) {
        boolean known = !local.free(value);
        boolean took = local.take(value, service);
        if (took && !known) {
            reserved.add(value);
        }
        return took;
    }

    /// The calls that claim what is chosen, for [ClaimCalls].
    public List<Runnable> claims() {
        asked = true;
        return reserved.stream().<Runnable>map(value -> () -> claim(value)).toList();
    }

    private void claim(String value) {
        if (!shared.take(value, service)) {
            lost.add(value);
        }
    }

    /// Whether all that is chosen was claimed. If not, what was lost is not chosen again.
    /// @throws ApiFault when another Service has claimed a value that the writer named
    public boolean complete() {
        boolean complete = true;
        for (String value : reserved) {
            if (lost.contains(value)) {
                Supplier<ApiFault> taken = named.get(value);
                if (taken != null) {
                    throw taken.get();
                }
                complete = false;
            }
        }
        return complete;
    }

    /// Gives back what is chosen, here at once.
    /// @return the calls that give it back in the datastore, for [ClaimCalls]
    public List<Runnable> giveBack() {
        local.release(reserved, service);
        List<Runnable> calls = new ArrayList<>();
        if (asked) {
            reserved.stream().filter(value -> !lost.contains(value))
                    .forEach(value -> calls.add(() -> shared.release(value, service)));
        }
        reserved.clear();
        named.clear();
        asked = false;
        return calls;
    }
}
