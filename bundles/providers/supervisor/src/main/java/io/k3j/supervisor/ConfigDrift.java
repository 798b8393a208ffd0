package io.k3j.supervisor;

import io.k3j.clusteragreement.AgreedRecord;
import io.k3j.clusteragreement.Agreement;
import io.k3j.clusteragreement.Parity;
import io.k3j.componentapi.Components;
import io.k3j.datastoreapi.Datastore;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reports, by the Node condition `ConfigurationDrift` and an Event, that this server differs from the agreed
/// configuration: its flags no longer match the record, or a component that should run does not.
final class ConfigDrift {
    private static final System.Logger LOG = System.getLogger("io.k3j.supervisor");
    private static final String ACTIVE = "ACTIVE";

    private final Parity.Mine mine;
    private final Supplier<String> password;
    private final Supplier<@Nullable Components> components;
    private final NodeConditions conditions;
    private String lastObserved = "";
    private String lastLogged = "";
    private @Nullable String lastPublished;

    ConfigDrift(Parity.Mine mine, Supplier<String> password, Supplier<@Nullable Components> components,
            NodeConditions conditions) {
        this.mine = mine;
        this.password = password;
        this.components = components;
        this.conditions = conditions;
    }

    /// Compares once and publishes a changed result. Blocks on the datastore and the API.
    void step(Datastore store) throws IOException {
        Optional<AgreedRecord> record = AgreedRecord.read(store, password.get());
        if (record.isEmpty()) {
            return;
        }
        List<String> all = new ArrayList<>();
        for (Agreement.Difference one : mine.contradictions(record.get().agreement())) {
            all.add(one.flag() + " is " + Agreement.shown(one.key(), one.here()) + " here, "
                    + Agreement.shown(one.key(), one.there()) + " in the cluster");
        }
        all.addAll(inactiveComponents());
        String now = String.join("; ", all);
        // a component that is starting or being swapped is not drift: only a result observed twice in a row is
        // published
        boolean settled = now.equals(lastObserved);
        lastObserved = now;
        if (!settled || now.equals(lastPublished)) {
            return;
        }
        if (!now.isEmpty() && !now.equals(lastLogged)) {
            lastLogged = now;
            LOG.log(Level.WARNING, "This server has drifted from the cluster's configuration: " + now);
        }
        if (conditions.publish(mine.name(), now, lastPublished != null || !now.isEmpty())) {
            lastPublished = now;
        }
    }

    private List<String> inactiveComponents() {
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
