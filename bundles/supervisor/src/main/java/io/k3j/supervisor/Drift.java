package io.k3j.supervisor;

import io.k3j.componentapi.Components;
import io.k3j.datastoreapi.Datastore;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells, by the Node condition `ConfigurationDrift` and an Event, that this server does not run what the servers have
/// agreed on: its flags are not the record's any more, or a component that should run does not.
final class Drift {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String ACTIVE = "ACTIVE";

    private final Parity.Mine mine;
    private final Supplier<String> password;
    private final Supplier<@Nullable Components> components;
    private final NodeConditions conditions;
    private String seen = "";
    private String logged = "";
    private @Nullable String told;

    Drift(Parity.Mine mine, Supplier<String> password, Supplier<@Nullable Components> components,
            NodeConditions conditions) {
        this.mine = mine;
        this.password = password;
        this.components = components;
        this.conditions = conditions;
    }

    /// Looks, and tells when the answer has changed.
    void step(Datastore store) throws IOException {
        Optional<AgreedRecord> record = AgreedRecord.read(store, password.get());
        if (record.isEmpty()) {
            return;
        }
        List<String> all = new ArrayList<>();
        for (Agreement.Difference one : mine.agreement().differences(record.get().agreement())) {
            all.add(one.flag() + " is " + Agreement.shown(one.key(), one.here()) + " here, "
                    + Agreement.shown(one.key(), one.there()) + " in the cluster");
        }
        all.addAll(stopped());
        String now = String.join("; ", all);
        // a component that is being started or swapped is no drift: it has to look the same twice
        boolean settled = now.equals(seen);
        seen = now;
        if (!settled || now.equals(told)) {
            return;
        }
        if (!now.isEmpty() && !now.equals(logged)) {
            logged = now;
            LOG.log(Level.WARNING, "This server has drifted from the cluster's configuration: " + now);
        }
        if (conditions.tell(mine.name(), now, told != null || !now.isEmpty())) {
            told = now;
        }
    }

    private List<String> stopped() {
        Components running = components.get();
        List<String> all = new ArrayList<>();
        if (running != null) {
            for (Components.Component one : running.list()) {
                if (!one.state().equals(ACTIVE)) {
                    all.add(one.name() + " should run and is " + one.state());
                }
            }
        }
        return all;
    }
}
