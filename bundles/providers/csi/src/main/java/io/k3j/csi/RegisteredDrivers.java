package io.k3j.csi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The drivers that are registered on this node, by name. Any thread; nothing blocks.
final class RegisteredDrivers {
    private final Map<String, Driver> byName = new ConcurrentHashMap<>();
    private final CsiMetrics metrics;

    RegisteredDrivers(CsiMetrics metrics) {
        this.metrics = metrics;
    }

    /// A driver.
    ///
    /// @param registrar the socket by which it was registered
    /// @param info of this node, as it said then
    record Driver(String name, Path registrar, DriverClient client, CsiMessages.NodeInfo info) {
    }

    /// A client for a driver that is not registered yet.
    DriverClient client(String name, Path endpoint) {
        return new DriverClient(name, new PluginSocket(endpoint), metrics);
    }

    /// @throws IOException when another registrar's driver has the name
    void add(Driver driver) throws IOException {
        Driver now = byName.merge(driver.name(), driver,
                (there, fresh) -> there.registrar().equals(fresh.registrar()) ? fresh : there);
        if (!now.registrar().equals(driver.registrar())) {
            throw new IOException("a CSI driver named " + driver.name() + " is registered at " + now.registrar()
                    + " already: stop that one first");
        }
    }

    /// A driver has said something else of this node.
    /// @return whether it is still registered
    boolean renew(Driver driver, CsiMessages.NodeInfo info) {
        return byName.computeIfPresent(driver.name(), (_, there) -> there.client() == driver.client()
                ? new Driver(driver.name(), driver.registrar(), driver.client(), info) : there) instanceof Driver now
                && now.client() == driver.client();
    }

    /// Takes the driver away that a registrar has brought, if it has brought one.
    void remove(Path registrar) {
        byName.values().removeIf(d -> d.registrar().equals(registrar));
    }

    Optional<Driver> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /// @throws IOException with upstream's words when there is none of that name
    DriverClient need(String name) throws IOException {
        return find(name).orElseThrow(() -> new IOException(
                "driver name " + name + " not found in the list of registered CSI drivers")).client();
    }

    Collection<Driver> all() {
        return List.copyOf(byName.values());
    }
}
