package io.k3j.csi;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.Query;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// The CSIDrivers, watched: each volume of each pod is looked at every minute, which would cost the API a read each.
/// What is seen may be old while no API server answers: it is enough for volumes that are there. Any thread; blocks for
/// the API where it is asked.
final class DriverSpecs implements AutoCloseable {
    private final ApiClient api;
    private final LiveView view;

    /// Watches from now on.
    DriverSpecs(ApiClient api, InstantSource clock) {
        this.api = api;
        this.view = new LiveView(BuiltinResources.CSI_DRIVERS, Query.ALL, clock);
        view.attach(api);
    }

    /// Watches anew: another one answers for the API from now on.
    void attach() {
        view.attach(api);
    }

    /// Watches nobody, and keeps what was seen.
    void detach() {
        view.detach();
    }

    /// What the CSIDriver of a driver says now.
    /// @throws io.k3j.clientapi.ApiFault when the API does not answer
    CsiDriverSpec now(String driver) {
        return CsiDriverSpec.of(api, driver);
    }

    /// What it was last seen to say.
    /// @throws io.k3j.clientapi.ApiFault when it was never seen, and the API does not answer
    CsiDriverSpec seen(String driver) {
        Optional<Obj> seen = view.synced() ? view.get(Key.of(driver)) : Optional.empty();
        return seen.isPresent() ? CsiDriverSpec.of(seen) : now(driver);
    }

    /// How often a driver is to be asked how many volumes the node can have, zero where it is not.
    Duration period(String driver) {
        return Duration.ofSeconds(view.get(Key.of(driver))
                .map(d -> d.spec().whole("nodeAllocatableUpdatePeriodSeconds", 0)).orElse(0L));
    }

    /// Watches no longer.
    @Override
    public void close() {
        view.close();
    }
}
