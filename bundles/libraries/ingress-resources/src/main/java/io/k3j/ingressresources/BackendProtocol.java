package io.k3j.ingressresources;

import io.k3j.ingressrouting.BackendPort;
import io.k3j.ingressrouting.EntryPoint;
import io.k3j.ingressrouting.IngressObjects;
import io.k3j.ingressrouting.Routing;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/// How the pods behind a port of a Service are spoken to, as the Service says. Pure.
final class BackendProtocol {
    private static final String SCHEME = IngressObjects.ANNOTATIONS + "service.serversscheme";

    private BackendProtocol() {
    }

    /// The port that a backend names.
    static Optional<Struct> port(Obj service, BackendPort backend) {
        return service.spec().seq("ports").structs().stream()
                .filter(p -> p.text("protocol", "TCP").equals("TCP") && named(p, backend.port())).findFirst();
    }

    private static boolean named(Struct port, String wanted) {
        return port.text("name").equals(wanted) || Long.toString(port.whole("port", 0)).equals(wanted);
    }

    /// As Traefik decides; `appProtocol` is Kubernetes' own way.
    static Endpoints.Scheme scheme(Obj service, Struct port) {
        String annotated = IngressObjects.traefik(service, SCHEME);
        String said = annotated.isEmpty() ? port.text("appProtocol") : annotated;
        boolean secure = said.isEmpty() && (port.whole("port", 0) == EntryPoint.WEBSECURE.port()
                || port.text("name").startsWith("https"));
        if (service.spec().text("type").equals("ExternalName")) {
            return Endpoints.Scheme.EXTERNAL;
        }
        return switch (said.toLowerCase(Locale.ROOT)) {
            case "h2c", "kubernetes.io/h2c" -> Endpoints.Scheme.H2C;
            case "https", "kubernetes.io/wss" -> Endpoints.Scheme.HTTPS;
            default -> secure ? Endpoints.Scheme.HTTPS : Endpoints.Scheme.HTTP;
        };
    }

    /// Why requests to a backend are refused, whatever its pods do.
    ///
    /// @param secrets those of type `kubernetes.io/tls`
    static Optional<Routing.Problem> problem(Obj service, BackendPort backend,
            Function<Key, Optional<Obj>> secrets) {
        if (service.spec().text("type").equals("ExternalName")) {
            return Optional.of(new Routing.Problem("ExternalNameService", "Service " + service.key()
                    + " is of type ExternalName, which is not asked, as with Traefik unless it is told otherwise; use "
                    + "a Service without a selector and an EndpointSlice with the addresses"));
        }
        if (port(service, backend).filter(p -> scheme(service, p) == Endpoints.Scheme.HTTPS).isEmpty()) {
            return Optional.empty();
        }
        return untrusted(service, secrets).map(why -> new Routing.Problem("UntrustedBackend",
                "port " + backend.port() + " of Service " + service.key() + " wants TLS: " + why));
    }

    /// Annotations of Traefik at a Service that mean nothing here, as those for sessions that stay with a pod.
    static Optional<Routing.Problem> annotations(Obj service) {
        List<String> unknown = service.annotations().keySet().stream()
                .filter(a -> a.startsWith(IngressObjects.ANNOTATIONS) && !a.equalsIgnoreCase(SCHEME)).sorted().toList();
        return unknown.isEmpty() ? Optional.empty() : Optional.of(new Routing.Problem("UnsupportedAnnotation",
                "not known here and without effect, of Service " + service.key() + ": "
                        + String.join(", ", unknown)));
    }

    private static Optional<String> untrusted(Obj service, Function<Key, Optional<Obj>> secrets) {
        Optional<BackendTrust> trust = BackendTrust.of(service);
        if (trust.isEmpty()) {
            return Optional.of("annotate the Service with " + BackendTrust.AUTHORITIES
                    + "=SECRET, which holds the authority of its pods' certificates, or set appProtocol: http "
                    + "if they speak no TLS");
        }
        return BackendTls.problem(trust.get(), trust.get().authorities().flatMap(secrets));
    }
}
