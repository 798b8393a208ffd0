package io.k3j.ingressrouting;

import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.util.Optional;

/// One port of a Service, as an Ingress names it.
///
/// @param port the name, or the number in digits
public record BackendPort(Key service, String port) {
    /// What an `IngressBackend` names; empty for one that names no Service.
    public static Optional<BackendPort> of(String namespace, Struct backend) {
        Struct service = backend.struct("service");
        Struct port = service.struct("port");
        String name = port.text("name", Long.toString(port.whole("number", 0)));
        return service.text("name").isEmpty() || name.equals("0") ? Optional.empty()
                : Optional.of(new BackendPort(new Key(namespace, service.text("name")), name));
    }

    @Override
    public String toString() {
        return service + ":" + port;
    }
}
